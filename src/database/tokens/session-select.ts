import type { EntityMetadata } from '@mikro-orm/core';
import { DurinUsageError } from '../../errors.ts';
import type { SessionClient, SessionRecord } from '../../session.ts';
import { isVisible } from '../rows/is-visible.ts';
import { type PopulateTree, toPopulateTree } from '../rows/populate-tree.ts';
import type { Projection } from '../rows/projection.ts';
import type { Row } from '../rows/row.ts';
import type { Schema } from '../schema.ts';
import { effectiveExpiry, latestExpiry } from './token-conditions.ts';

export interface UserRowRules {
  /** Paths from AuthToken; `false`: a session's user has only its key. */
  readonly populate: readonly string[] | false;
  /** Whether the app passed `isUserActive`, which may read any column of the user. */
  readonly hasOwnActiveRule: boolean;
  /** Whether the app passed `scopesOf`, which may read any column too. */
  readonly hasScopesRule: boolean;
  /** Whether an `allowedNetworks` of the app is a function, which may too. */
  readonly hasNetworksRule: boolean;
}

/** Selects sessions: `t` is the token, `c` its client, `u` its user and `l` its last use. */
export interface SessionSelect {
  readonly columns: string;
  /** The joins to a relation `t` that has the columns of `durin_auth_token`: of its client, its user and its last use. */
  readonly joins: string;
  /** See `Schema.isUser`. */
  readonly isUser: string;
  /** The column of `u` that decides alone whether the user is active; `null`: a rule of the app does, or nothing. */
  readonly activeColumn: string | null;
  readonly read: (row: Row) => SessionRecord;
  readonly selectorOf: (row: Row) => unknown;
  /** The entities that `populate` joins, and those that decide whether a row is a user. */
  readonly related: ReadonlySet<EntityMetadata>;
}

/** The columns of a client that sessions do not show. */
const unreadClientFields = new Set(['created', 'maxSessions', 'atLimit', 'idleTtl', 'maxLifetime']);

export function createSessionSelect(schema: Schema, rules: UserRowRules): SessionSelect {
  const projection = schema.newProjection();
  const id = projection.add('t.id');
  const selector = projection.add('t.selector');
  const userId = projection.add(`u.${schema.userKeyColumn}`);
  const scopes = projection.add('t.scopes');
  const replaces = projection.add('t.replaces');
  const createdAt = projection.addInstant('t.created');
  const authenticatedAt = projection.addInstant('t.authenticated_at');
  const expiresAt = projection.addInstant(effectiveExpiry('l.last_used_at'));
  const isIdling = projection.add(`${effectiveExpiry('l.last_used_at')} is distinct from ${latestExpiry}`);
  const hasIdleTtl = projection.add('c.idle_ttl is not null');
  const latest = projection.addInstant(latestExpiry);
  const lastUsedAt = projection.addInstant('l.last_used_at');
  const tree = rules.populate === false ? {} : toPopulateTree(rules.populate, schema.tokenMeta);
  const client = projection.addEntity(
    schema.clientMeta,
    'c',
    tree['client'] ?? {},
    ({ name }) => !unreadClientFields.has(name),
  );
  const userRow = addUserRow(projection, schema, rules, tree['user']);
  const isPopulated = tree['user'] !== undefined;
  const isUser = schema.isUser(tree['user'] ?? {});

  return {
    selectorOf: selector,
    related: new Set([...projection.related, ...schema.isUserDecidedBy(tree['user'] ?? {})]),
    columns: projection.columns,
    isUser,
    activeColumn: activeColumnOf(schema, rules),
    joins:
      `join ${schema.clients} c on c.id = t.client_id left join ${schema.uses} l on l.token_id = t.id ` +
      `join ${schema.usersAsU} on u.${schema.userKeyColumn} = t.user_id${isUser} ${projection.joins}`,
    read(row) {
      const user = userRow(row);
      const key = schema.fromUserKey(userId(row));
      return {
        id: id(row) as string,
        selector: selector(row) as string,
        userId: key,
        userRow: user,
        user: isPopulated ? user : Object.freeze({ [schema.userKey.name]: key }),
        client: client(row) as SessionClient,
        scopes: scopes(row) as readonly string[] | null,
        replaces: replaces(row) as string | null,
        createdAt: createdAt(row) as Date,
        authenticatedAt: authenticatedAt(row),
        expiresAt: expiresAt(row),
        expiresByIdling: isIdling(row) === true,
        isExtendedByUse: hasIdleTtl(row) === true,
        latestExpiry: latest(row),
        lastUsedAt: lastUsedAt(row),
      };
    },
  };
}

/** Selects the `userRow` of a user, with the same columns as a session's. */
export function createUserRowSelect(schema: Schema, rules: UserRowRules) {
  const projection = schema.newProjection();
  const tree = rules.populate === false ? {} : toPopulateTree(rules.populate, schema.tokenMeta);
  const read = addUserRow(projection, schema, rules, tree['user']);
  const isUser = schema.isUser(tree['user'] ?? {});
  const sql = `select ${projection.columns} from ${schema.usersAsU} ${projection.joins} where u.${schema.userKeyColumn} = ?${isUser}`;
  return { sql, read };
}

/** A custom type may store anything for true. */
function activeColumnOf({ userMeta, userColumn }: Schema, { hasOwnActiveRule }: UserRowRules): string | null {
  const flag = userMeta.properties['isActive'];
  if (hasOwnActiveRule || flag === undefined) return null;
  const isColumn = flag.persist !== false && flag.formula === undefined && flag.customType === undefined;
  return isColumn && flag.columnTypes?.[0] === 'boolean' ? userColumn(flag) : null;
}

/** Adds the user's visible columns. Without `populate: ['user']`, it adds only those that the app's rules need. */
function addUserRow(
  projection: Projection,
  schema: Schema,
  rules: UserRowRules,
  tree: PopulateTree | undefined,
): (row: Row) => object {
  const flag = schema.userMeta.properties['isActive'];
  if (!rules.hasOwnActiveRule && flag && !isVisible(flag)) {
    throw new DurinUsageError(
      'isUserActive must be given, because isActive of the user entity is hidden, lazy or not stored',
    );
  }
  const isGetter = flag === undefined && schema.hasActiveFlag;
  const needsAllColumns =
    tree !== undefined || rules.hasOwnActiveRule || rules.hasScopesRule || rules.hasNetworksRule || isGetter;
  const read = projection.addEntity(
    schema.userMeta,
    'u',
    tree ?? {},
    ({ name }) => needsAllColumns || name === 'isActive',
  );
  return (row) => read(row) ?? {};
}
