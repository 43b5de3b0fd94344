import type { EntityMetadata } from '@mikro-orm/core';
import type { SessionRecord, TokenRow } from '../../session.ts';
import type { Database } from '../database.ts';
import { epochOf, toInstant, toParameter } from '../rows/instants.ts';
import type { Schema } from '../schema.ts';
import type { LoadedSession, LoadSession, SessionFormat, TokenStore } from '../token-store.ts';
import { createDeleteTokens } from './delete-tokens.ts';
import { createIssue } from './issue/issue.ts';
import { createLockUser } from './lock-user.ts';
import { createReauthenticate } from './reauthenticate.ts';
import { createRecordUses } from './record-uses.ts';
import { createSessionFormat } from './session-format.ts';
import { createSessionSelect, createUserRowSelect, type UserRowRules } from './session-select.ts';
import { identityColumns, tokenRowColumns, toTokenIdentity, toTokenRow } from './token-columns.ts';
import { createExpiryConditions, endOfLife, filterConditions, latestExpiry } from './token-conditions.ts';
import { hasOwnLifetime } from './token-id.ts';
import type { UserCredentials } from './user-credentials.ts';

/** The token store, and what a cache in front of it needs. */
export interface SqlTokenStore extends TokenStore {
  readonly load: LoadSession;
  readonly format: SessionFormat;
  /** The statement of `findUserRow`. */
  readonly userRowSql: string;
  /** The entities that `populate` joins to sessions, besides user, client and token. */
  readonly related: ReadonlySet<EntityMetadata>;
}

/** The token store on PostgreSQL. Statements take the time as a parameter and never read the database's clock. */
export function createSqlTokenStore(
  database: Database,
  schema: Schema,
  rules: UserRowRules,
  { digestSql }: Pick<UserCredentials, 'digestSql'>,
): SqlTokenStore {
  const { tokens, clients, uses } = schema;
  const { unexpired, expiry } = createExpiryConditions(schema);
  const { column: changeColumn, parameters: changeOf } = database.changeContext;
  const lockUser = createLockUser(database, schema);
  const session = createSessionSelect(schema, rules);
  const userRow = createUserRowSelect(schema, rules);
  const select = `select ${session.columns} from ${tokens} t ${session.joins}`;
  const findSession = database.prepareLookUp(select, { name: 't.selector', read: session.selectorOf });

  async function load(selector: string): Promise<LoadedSession | null> {
    const row = await findSession(selector);
    return row === null ? null : { record: session.read(row), row };
  }

  async function findStored(selector: string): Promise<SessionRecord | null> {
    const loaded = await load(selector);
    return loaded && loaded.record;
  }

  async function selectWhere(
    condition: string,
    parameters: readonly unknown[],
    order = 't.created desc, t.id',
  ): Promise<TokenRow[]> {
    const sql =
      `select ${tokenRowColumns} from ${tokens} t join ${clients} c on c.id = t.client_id ` +
      `left join ${uses} l on l.token_id = t.id where ${condition} order by ${order}`;
    return (await database.run(sql, parameters)).map(toTokenRow);
  }

  return {
    load,
    format: createSessionFormat(session, `${schema.userMeta.className}: ${select}`),
    userRowSql: userRow.sql,
    related: session.related,
    issue: createIssue(database, schema, session, lockUser, digestSql),
    reauthenticate: createReauthenticate(database, schema, session, digestSql),
    ...createRecordUses(database, schema),
    ...createDeleteTokens(database, schema, lockUser),

    findBySelector: findStored,
    findInMemory: () => null,
    findStored,

    async findUserRow(userId) {
      const [row] = await database.run(userRow.sql, [schema.toUserKey(userId)]);
      return row === undefined ? null : userRow.read(row);
    },

    async renew(id, now) {
      const [row] = await database.run(
        `update ${tokens} t set expiry = case when ${hasOwnLifetime('t.id')} then t.expiry ` +
          `else least(?::timestamptz(3) + make_interval(secs => c.token_ttl), ${endOfLife}) end from ${clients} c ` +
          `where c.id = t.client_id and t.id = ? and ${unexpired} returning ${identityColumns}, ` +
          `${epochOf(expiry)} as expiry, ${epochOf(latestExpiry)} as latest_expiry${changeColumn}`,
        [toParameter(now), id, toParameter(now), ...changeOf()],
      );
      if (row === undefined) return null;
      return {
        token: toTokenIdentity(row, schema),
        expiresAt: toInstant(row['expiry']),
        latestExpiry: toInstant(row['latest_expiry']),
      };
    },

    async expireAllOf(userId, filter, now) {
      const { condition, parameters } = filterConditions(filter);
      const sql =
        `update ${tokens} t set expiry = ? from ${clients} c ` +
        `where c.id = t.client_id and t.user_id = ? and ${unexpired} ${condition} ` +
        `returning ${identityColumns}${changeColumn}`;
      const rows = await lockUser(userId, (key) =>
        database.run(sql, [
          toParameter(now),
          key,
          toParameter(now),
          ...parameters,
          ...changeOf({ reason: 'user-inactive' }),
        ]),
      );
      return rows.map((row) => toTokenIdentity(row, schema));
    },

    async rename(userId, id, name, filter, now) {
      const { condition, parameters } = filterConditions(filter);
      const renamed = await database.run(
        `update ${tokens} t set name = ? from ${clients} c ` +
          `where c.id = t.client_id and t.user_id = ? and t.id = ? and ${unexpired} ${condition} returning t.id${changeColumn}`,
        [name, schema.toUserKey(userId), id, toParameter(now), ...parameters, ...changeOf()],
      );
      return renamed.length > 0;
    },

    async listOf(userId, filter, now) {
      const { condition, parameters } = filterConditions(filter);
      return selectWhere(`t.user_id = ? and ${unexpired} ${condition}`, [
        schema.toUserKey(userId),
        toParameter(now),
        ...parameters,
      ]);
    },

    async findOf(userId, clientName) {
      const parameters = [schema.toUserKey(userId), clientName];
      const [row] = await selectWhere('t.user_id = ? and c.name = ?', parameters, `${expiry} desc nulls first, t.id`);
      return row ?? null;
    },
  };
}
