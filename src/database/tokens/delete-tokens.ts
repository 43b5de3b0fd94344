import type { Database } from '../database.ts';
import type { Change } from '../records/change-context.ts';
import { toParameter } from '../rows/instants.ts';
import type { Schema } from '../schema.ts';
import type { EndedToken, TokenIdentity, TokenStore } from '../token-store.ts';
import type { LockUser } from './lock-user.ts';
import { identityColumns, toTokenIdentity } from './token-columns.ts';
import { createExpiryConditions, filterConditions } from './token-conditions.ts';

type DeleteTokens = Pick<
  TokenStore,
  'delete' | 'deleteBySelector' | 'deleteIfExpired' | 'deleteOf' | 'deleteAllOf' | 'deleteBefore' | 'deleteExpired'
>;

/** The most keys in one statement. */
const maxKeys = 1000;
const idleGraceMs = 60_000;

/** The deletes of the token store. Each returns the identities of the tokens it deleted. */
export function createDeleteTokens(database: Database, schema: Schema, lockUser: LockUser): DeleteTokens {
  const { tokens, clients, uses } = schema;
  const { unexpired, expired } = createExpiryConditions(schema);
  const { column: changeColumn, parameters: changeOf } = database.changeContext;

  /** The rows to lock before their tokens are deleted, and the column by which tokens refer to them. */
  const owners = {
    user: { table: schema.users, key: schema.userKeyColumn, column: 't.user_id', reason: 'user-deleted' },
    client: { table: clients, key: 'id', column: 't.client_id', reason: 'client-deleted' },
    token: { table: null, key: 'id', column: 't.id', reason: 'revoked' },
  } as const;

  async function deleteWhere(
    condition: string,
    parameters: readonly unknown[],
    change: Change,
  ): Promise<TokenIdentity[]> {
    const sql =
      `delete from ${tokens} t using ${clients} c where c.id = t.client_id and ${condition} ` +
      `returning ${identityColumns}${changeColumn}`;
    return (await database.run(sql, [...parameters, ...changeOf(change)])).map((row) => toTokenIdentity(row, schema));
  }

  /** Deletes the first tokens that a select finds. Skips those that others have locked. */
  async function deleteFirst(
    select: string,
    parameters: readonly unknown[],
    limit: number,
    change: Change,
  ): Promise<TokenIdentity[]> {
    // Only a materialized CTE runs once. A subselect could run again and return other rows, exceeding the limit.
    const rows = await database.run(
      `with found as materialized (${select} limit ? for update of t skip locked) delete from ${tokens} t ` +
        `using found, ${clients} c where t.id = found.id and c.id = t.client_id returning ${identityColumns}${changeColumn}`,
      [...parameters, limit, ...changeOf(change)],
    );
    return rows.map((row) => toTokenIdentity(row, schema));
  }

  const overdue = `select t.id from ${tokens} t where t.expiry <= ? order by t.expiry`;
  /**
   * Tokens that expired because they were not used, a minute ago or earlier: a use in their last minute may not be stored
   * yet. The index on the day of the last use finds them.
   */
  const idle = (day: string) =>
    `select t.id from ${uses} l join ${tokens} t on t.id = l.token_id join ${clients} c on c.id = t.client_id ` +
    `where ${day} and c.idle_ttl is not null and ${expired}`;
  const idleSelects = [
    idle(
      `l.last_used_on <= ((?::timestamptz - make_interval(secs => (select min(idle_ttl) from ${clients}))) at time zone 'UTC')::date`,
    ),
    idle('l.last_used_on is null and ?::timestamptz is not null'),
    // Tokens of 0.1 that were not used since the upgrade may have no row there. The index on their client and creation finds them.
    `select t.id from ${clients} c join ${tokens} t on t.client_id = c.id ` +
      'where c.idle_ttl is not null and t.created <= ?::timestamptz - make_interval(secs => c.idle_ttl) ' +
      `and not exists (select from ${uses} l where l.token_id = t.id) and ${expired}`,
  ];

  return {
    async delete({ id }, reason) {
      const [ended] = await deleteWhere('t.id = ?', [id], { reason });
      return ended ?? null;
    },

    async deleteBySelector(selector, reason) {
      const [ended] = await deleteWhere('t.selector = ?', [selector], { reason });
      return ended ?? null;
    },

    async deleteIfExpired({ id }, now) {
      const [ended] = await deleteWhere(`t.id = ? and ${expired}`, [id, toParameter(now)], { expiredAt: now });
      return ended ?? null;
    },

    async deleteOf(userId, id, filter, now) {
      const { condition, parameters } = filterConditions(filter);
      const values = [schema.toUserKey(userId), id, toParameter(now), ...parameters];
      const [ended] = await deleteWhere(`t.user_id = ? and t.id = ? and ${unexpired} ${condition}`, values, {
        reason: 'revoked',
      });
      return ended ?? null;
    },

    async deleteAllOf(userId, filter, reason) {
      const { condition, parameters } = filterConditions(filter);
      return lockUser(userId, (key) => deleteWhere(`t.user_id = ? ${condition}`, [key, ...parameters], { reason }));
    },

    async deleteBefore(deleted, keys, now) {
      const ended: EndedToken[] = [];
      const { table, key, column, reason } = owners[deleted];
      const values = deleted === 'user' ? keys.map(schema.toUserKey) : keys;
      for (let start = 0; start < values.length; start += maxKeys) {
        const chunk = values.slice(start, start + maxKeys);
        const placeholders = chunk.map(() => '?').join(', ');
        if (table !== null) {
          await database.run(`select 1 from ${table} where ${key} in (${placeholders}) for update`, chunk);
        }
        const rows = await database.run(
          `delete from ${tokens} t using ${clients} c where c.id = t.client_id and ${column} in (${placeholders}) ` +
            `returning ${identityColumns}, coalesce(${expired}, false) as had_expired${changeColumn}`,
          [...chunk, toParameter(now), ...changeOf({ reason, expiredAt: now })],
        );
        ended.push(
          ...rows.map((row) => ({ ...toTokenIdentity(row, schema), hadExpired: row['had_expired'] === true })),
        );
      }
      return ended;
    },

    async deleteExpired(limit, now) {
      const found = await deleteFirst(overdue, [toParameter(now)], limit, { expiredAt: now });
      for (const select of idleSelects) {
        const aMinuteAgo = toParameter(now - idleGraceMs);
        if (found.length < limit)
          found.push(
            ...(await deleteFirst(select, [aMinuteAgo, aMinuteAgo], limit - found.length, { expiredAt: now })),
          );
      }
      return found;
    },
  };
}
