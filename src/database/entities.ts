import { type EntityName, EntitySchema } from '@mikro-orm/core';
import { ipAddressLength, userAgentLength } from '../request/call-origin.ts';
import { tokenNameLength } from '../session.ts';
import { clientNameLength, maxSessionsLimit, minimumIdleTtl, parseClientFields } from '../values/client-fields.ts';
import { ratePattern } from '../values/rate.ts';
import type { DurinAuthToken, DurinClient, DurinTokenUse } from './entity-rows.ts';
import { clientTriggers, tokenTriggers } from './notify/triggers.ts';
import { auditTableOf, type DurinAudit, defineAudit } from './records/audit-entity.ts';
import { auditClients, auditTokens } from './records/audit-triggers.ts';
import { type DurinUsage, defineUsage } from './records/usage-entity.ts';
import { parseTableNames } from './rows/table-names.ts';

/** The inverse side, on `Client`, of a one-to-one relation that an entity of the app owns. */
export interface ClientRelation<TTarget extends object> {
  entity: () => EntityName<TTarget>;
  /** The property of that entity that holds the client. */
  mappedBy: keyof TTarget & string;
}

/** A client with the relations that the app added. */
export type ClientWith<TRelations extends Record<string, object>> = DurinClient & {
  [K in keyof TRelations]?: TRelations[K] | null;
};

export interface DurinEntities<TUser extends object, TClient extends DurinClient> {
  Client: EntitySchema<TClient>;
  AuthToken: EntitySchema<DurinAuthToken<TUser, TClient>>;
  /** MikroORM finds it through `AuthToken`. For the app's own queries. */
  TokenUse: EntitySchema<DurinTokenUse>;
}

/** What `defineDurinEntities` returns besides, with `audit`. */
export interface AuditEntity {
  /** Pass it to `MikroORM.init` too. `createDurin` finds it there. */
  DurinAudit: EntitySchema<DurinAudit>;
}

/** What `defineDurinEntities` returns besides, with `usage`. */
export interface UsageEntity {
  /** Pass it to `MikroORM.init` too. `createDurin` finds it there. */
  DurinUsage: EntitySchema<DurinUsage>;
}

export interface DurinEntitiesOptions<
  TUser extends object,
  TRelations extends Record<string, object>,
  TAudit extends boolean = boolean,
  TUsage extends boolean = boolean,
> {
  /** Returns the app's user entity: any class or schema with a single-column primary key. */
  user: () => EntityName<TUser>;
  /**
   * One-to-one relations that entities of the app have to `Client`, by the names they get on `Client`. `populate` can then
   * join them, for example as `client.settings`. Default: none.
   */
  client?: { readonly [K in keyof TRelations]: ClientRelation<TRelations[K]> };
  /** The schema of the tables. Default: that of the ORM. */
  schema?: string;
  /** Starts the names of the tables, and with a capital letter those of the entities. Default: `durin_`. */
  tablePrefix?: string;
  /**
   * Adds triggers to the tables, by which the transaction that changes a token or a client announces it to every process
   * with a `postgresBus`, whichever program makes the change. Give the user entity a `durinTrigger`. Default: `false`.
   */
  notify?: boolean;
  /**
   * Adds triggers to the tables, by which the statement that changes a token or a client writes a row of `durin_audit`,
   * whichever program makes the change. `DurinAudit` is its entity. Default: `false`.
   */
  audit?: TAudit;
  /**
   * Counts calls per client, user and day, in rows of `durin_usage`. `DurinUsage` is their entity; calls are counted if the ORM
   * knows it. Default: `false`.
   */
  usage?: TUsage;
}

// Every table and column has an explicit name. Statements use these names, and the app's naming strategy cannot change them.
const timestamp = { type: 'datetime', columnType: 'timestamptz(3)' } as const;

/**
 * Defines durin's entities. Pass `Client` and `AuthToken` to `MikroORM.init` together with the app's own entities:
 * MikroORM's schema generator and the app's migrations then create their tables. An app with two user models defines
 * them twice, each with a `tablePrefix` of its own.
 * @throws DurinUsageError for a prefix or schema that is not a name
 * @example
 * export const { Client, AuthToken } = defineDurinEntities({ user: () => User });
 *
 * const orm = await MikroORM.init({ entities: [User, Client, AuthToken], dbName: 'app' });
 * @example
 * // ClientSettings owns a one-to-one relation to Client, in its property `client`.
 * export const { Client, AuthToken } = defineDurinEntities({
 *   user: () => User,
 *   client: { settings: { entity: () => ClientSettings, mappedBy: 'client' } },
 * });
 */
export function defineDurinEntities<
  TUser extends object,
  TRelations extends Record<string, object> = {},
  TAudit extends boolean = false,
  TUsage extends boolean = false,
>(
  options: DurinEntitiesOptions<TUser, TRelations, TAudit, TUsage>,
): DurinEntities<TUser, ClientWith<TRelations>> &
  (TAudit extends true ? AuditEntity : {}) &
  (TUsage extends true ? UsageEntity : {}) {
  type ClientRow = ClientWith<TRelations>;
  const names = parseTableNames(options);
  const { place, tablePrefix, entityPrefix } = names;
  const { notify = false, audit = false, usage = false } = options;
  const audited = { audit: auditTableOf(tablePrefix), client: `${tablePrefix}client`, use: `${tablePrefix}token_use` };
  const clientTable = { ...place, name: `${tablePrefix}client` };
  const tokenTable = { ...place, name: `${tablePrefix}auth_token` };
  const relations = Object.entries((options.client ?? {}) as Record<string, ClientRelation<object>>).map(
    ([name, { entity, mappedBy }]) => [name, { kind: '1:1', entity, mappedBy, nullable: true }] as const,
  );

  const Client = new EntitySchema<DurinClient>({
    ...place,
    name: `${entityPrefix}Client`,
    tableName: clientTable.name,
    properties: {
      id: { type: 'integer', fieldName: 'id', primary: true, autoincrement: true },
      name: { type: 'string', fieldName: 'name', length: clientNameLength, unique: true },
      tokenTtl: { type: 'integer', fieldName: 'token_ttl', nullable: true, default: 86_400 },
      throttleRate: { type: 'string', fieldName: 'throttle_rate', length: 16, nullable: true },
      maxSessions: { type: 'integer', fieldName: 'max_sessions', default: 1 },
      atLimit: { type: 'text', fieldName: 'at_limit', default: 'end-oldest' },
      idleTtl: { type: 'integer', fieldName: 'idle_ttl', nullable: true },
      maxLifetime: { type: 'integer', fieldName: 'max_lifetime', nullable: true },
      created: { ...timestamp, fieldName: 'created', onCreate: () => new Date(), defaultRaw: 'now()' },
      ...Object.fromEntries(relations),
    },
    checks: Object.entries(clientChecks).map(([column, expression]) => ({
      name: `${tablePrefix}client_${column}_check`,
      expression,
    })),
    triggers: [...(notify ? clientTriggers(clientTable) : []), ...(audit ? [auditClients(audited)] : [])],
    hooks: { beforeCreate: [refuseInvalidRow], beforeUpdate: [refuseInvalidRow], beforeUpsert: [refuseInvalidRow] },
  }) as unknown as EntitySchema<ClientRow>; // DurinClient does not know the app's relations, only the caller's type does

  const AuthToken = new EntitySchema<DurinAuthToken<TUser, ClientRow>>({
    ...place,
    name: `${entityPrefix}AuthToken`,
    tableName: tokenTable.name,
    properties: {
      id: { type: 'uuid', fieldName: 'id', primary: true },
      selector: { type: 'string', fieldName: 'selector', length: 32, unique: true },
      user: { kind: 'm:1', entity: options.user, fieldName: 'user_id', deleteRule: 'cascade', index: false },
      client: { kind: 'm:1', entity: () => Client, fieldName: 'client_id', deleteRule: 'cascade', index: false },
      slot: { type: 'smallint', fieldName: 'slot', default: 0 },
      name: { type: 'string', fieldName: 'name', length: tokenNameLength, nullable: true, comment: comments.name },
      scopes: { type: 'array', fieldName: 'scopes', columnType: 'text[]', nullable: true },
      created: { ...timestamp, fieldName: 'created' },
      authenticatedAt: {
        ...timestamp,
        fieldName: 'authenticated_at',
        nullable: true,
        comment: comments.authenticatedAt,
      },
      expiry: { ...timestamp, fieldName: 'expiry', nullable: true },
      maxExpiry: { ...timestamp, fieldName: 'max_expiry', nullable: true, comment: comments.maxExpiry },
      replaces: { type: 'uuid', fieldName: 'replaces', nullable: true },
      line: { type: 'array', fieldName: 'line', columnType: 'uuid[]', nullable: true },
      overlap: { type: 'integer', fieldName: 'overlap', nullable: true },
      warnedAt: { ...timestamp, fieldName: 'warned_at', nullable: true, comment: comments.warnedAt },
      use: { kind: '1:1', entity: () => TokenUse, mappedBy: 'token', nullable: true },
    },
    uniques: [{ properties: ['user', 'client', 'slot'] }],
    // The admin's token list sorts by these indexes and filters within them, so rows that it skips are not read from the
    // table. The index on `expiry` also serves purging; the one on `client` also serves deleting a client.
    indexes: [
      { properties: ['created', 'id', 'expiry'] },
      { properties: ['expiry', 'id', 'client'] },
      { properties: ['client', 'created', 'id', 'expiry'] },
    ],
    triggers: [...(notify ? tokenTriggers(tokenTable) : []), ...(audit ? [auditTokens(audited)] : [])],
  } as never); // MikroORM's property types do not resolve over the generic TUser

  const TokenUse = new EntitySchema<DurinTokenUse>({
    ...place,
    name: `${entityPrefix}TokenUse`,
    tableName: audited.use,
    properties: {
      token: {
        kind: '1:1',
        entity: () => AuthToken,
        fieldName: 'token_id',
        primary: true,
        owner: true,
        deleteRule: 'cascade',
      },
      lastUsedAt: { ...timestamp, fieldName: 'last_used_at', nullable: true },
      // A use changes an indexed column only once a day, so PostgreSQL updates no index for the others (heap-only tuples).
      lastUsedOn: { type: 'date', fieldName: 'last_used_on', nullable: true, index: true },
      ipAddress: { type: 'string', fieldName: 'ip_address', length: ipAddressLength, nullable: true },
      userAgent: { type: 'string', fieldName: 'user_agent', length: userAgentLength, nullable: true },
    },
  } as never);

  return {
    Client,
    AuthToken,
    TokenUse,
    ...(audit && { DurinAudit: defineAudit(names) }),
    ...(usage && { DurinUsage: defineUsage(names) }),
  } as never;
}

/**
 * Comments on the columns that are new since 0.1 and of the same type as one that it had. MikroORM would otherwise take
 * them for the old columns renamed: an address would become a name, and a last use a login.
 */
const comments = {
  name: "the device's or the key's name",
  authenticatedAt: 'when the user last proved to be the user',
  maxExpiry: 'beyond it, nothing extends the token',
  warnedAt: 'when the user was last warned that it expires',
};

/** What PostgreSQL checks of a client's columns, also if the app bypasses MikroORM. */
const clientChecks = {
  token_ttl: 'token_ttl > 0',
  throttle_rate: `((throttle_rate)::text ~ '${ratePattern}'::text)`,
  max_sessions: `max_sessions >= 1 and max_sessions <= ${maxSessionsLimit}`,
  at_limit: "at_limit in ('end-oldest', 'refuse')",
  idle_ttl: `idle_ttl >= ${minimumIdleTtl}`,
  max_lifetime: 'max_lifetime > 0',
};

function refuseInvalidRow({ entity }: { entity: object }): void {
  parseClientFields(entity);
}
