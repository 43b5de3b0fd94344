import { type EntityName, EntitySchema, type Opt } from '@mikro-orm/core';
import { ipAddressLength, userAgentLength } from '../request/call-origin.ts';
import { assertValidClient, clientNameLength } from '../values/client-fields.ts';
import { ratePattern } from '../values/rate.ts';

/** A row of `durin_client`: an API consumer such as `web`, `cli` or `api`. */
export interface DurinClient {
  id: number;
  /** Unique and case-sensitive; 1 to 64 characters. */
  name: string;
  /** Lifetime of its tokens in seconds; `null`: they never expire. Default: one day. */
  tokenTtl: Opt<number> | null;
  /** Calls per user, such as `100/m`; `null`: the rate of the option `throttle.rate` applies. */
  throttleRate: string | null;
  created: Opt<Date>;
}

/** A row of `durin_auth_token`: the token that a user holds for a client. Only durin writes it. */
export interface DurinAuthToken<TUser extends object = object, TClient extends DurinClient = DurinClient> {
  id: string;
  /** The token's public half, 32 hex characters. The token itself is never stored. */
  selector: string;
  user: TUser;
  client: TClient;
  created: Date;
  /** `null`: never. */
  expiry: Date | null;
  lastUsedAt: Date | null;
  ipAddress: string | null;
  userAgent: string | null;
}

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
}

export const defaultTokenTable = 'durin_auth_token';

// Every table and column has an explicit name. Statements use these names, and the app's naming strategy cannot change them.
const timestamp = { type: 'datetime', columnType: 'timestamptz(3)' } as const;

/**
 * Defines durin's two entities, `Client` and `AuthToken`. Pass them to `MikroORM.init` together with the app's own entities:
 * MikroORM's schema generator and the app's migrations then create their tables.
 * @param options.user returns the app's user entity: any class or schema with a single-column primary key
 * @param options.client one-to-one relations that entities of the app have to `Client`, by the names they get on `Client`.
 *   `populate` can then join them, for example as `client.settings`. Default: none
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
export function defineDurinEntities<TUser extends object, TRelations extends Record<string, object> = {}>(options: {
  user: () => EntityName<TUser>;
  client?: { readonly [K in keyof TRelations]: ClientRelation<TRelations[K]> };
}): DurinEntities<TUser, ClientWith<TRelations>> {
  type ClientRow = ClientWith<TRelations>;
  const relations = Object.entries((options.client ?? {}) as Record<string, ClientRelation<object>>).map(
    ([name, { entity, mappedBy }]) => [name, { kind: '1:1', entity, mappedBy, nullable: true }] as const,
  );

  const Client = new EntitySchema<DurinClient>({
    name: 'DurinClient',
    tableName: 'durin_client',
    properties: {
      id: { type: 'integer', fieldName: 'id', primary: true, autoincrement: true },
      name: { type: 'string', fieldName: 'name', length: clientNameLength, unique: true },
      tokenTtl: { type: 'integer', fieldName: 'token_ttl', nullable: true, default: 86_400 },
      throttleRate: { type: 'string', fieldName: 'throttle_rate', length: 16, nullable: true },
      created: { ...timestamp, fieldName: 'created', onCreate: () => new Date(), defaultRaw: 'now()' },
      ...Object.fromEntries(relations),
    },
    checks: [
      { name: 'durin_client_token_ttl_check', expression: 'token_ttl > 0' },
      { name: 'durin_client_throttle_rate_check', expression: `((throttle_rate)::text ~ '${ratePattern}'::text)` },
    ],
    hooks: { beforeCreate: [refuseInvalidRow], beforeUpdate: [refuseInvalidRow], beforeUpsert: [refuseInvalidRow] },
  }) as unknown as EntitySchema<ClientRow>; // DurinClient does not know the app's relations, only the caller's type does

  const AuthToken = new EntitySchema<DurinAuthToken<TUser, ClientRow>>({
    name: 'DurinAuthToken',
    tableName: defaultTokenTable,
    properties: {
      id: { type: 'uuid', fieldName: 'id', primary: true },
      selector: { type: 'string', fieldName: 'selector', length: 32, unique: true },
      user: { kind: 'm:1', entity: options.user, fieldName: 'user_id', deleteRule: 'cascade', index: false },
      client: { kind: 'm:1', entity: () => Client, fieldName: 'client_id', deleteRule: 'cascade', index: false },
      created: { ...timestamp, fieldName: 'created' },
      expiry: { ...timestamp, fieldName: 'expiry', nullable: true },
      lastUsedAt: { ...timestamp, fieldName: 'last_used_at', nullable: true },
      ipAddress: { type: 'string', fieldName: 'ip_address', length: ipAddressLength, nullable: true },
      userAgent: { type: 'string', fieldName: 'user_agent', length: userAgentLength, nullable: true },
    },
    uniques: [{ properties: ['user', 'client'] }],
    // The admin's token list sorts by these indexes and filters within them, so rows that it skips are not read from the
    // table. The index on `expiry` also serves purging; the one on `client` also serves deleting a client.
    indexes: [
      { properties: ['created', 'id', 'expiry'] },
      { properties: ['expiry', 'id', 'client'] },
      { properties: ['lastUsedAt', 'id', 'expiry', 'client'] },
      { properties: ['client', 'created', 'id', 'expiry'] },
    ],
  } as never); // MikroORM's property types do not resolve over the generic TUser

  return { Client, AuthToken };
}

function refuseInvalidRow({ entity }: { entity: object }): void {
  assertValidClient(entity);
}
