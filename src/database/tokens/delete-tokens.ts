import type { Database } from '../database.ts';
import type { Change } from '../records/change-context.ts';
import { toParameter } from '../rows/instants.ts';
import type { Schema } from '../schema.ts';
import type { EndedToken, KnownToken, TokenIdentity, TokenStore } from '../token-store.ts';
import type { LockUser } from './lock-user.ts';
import { identityColumns, toTokenIdentity } from './token-columns.ts';
import { createExpiryConditions, filterConditions } from './token-conditions.ts';

type DeleteTokens = Pick<
  TokenStore,
  | 'delete'
  | 'deleteBySelector'
  | 'deleteIfExpired'
  | 'deleteOf'
  | 'deleteAllOf'
  | 'deleteBefore'
  | 'findExpired'
  | 'deleteExpired'
>;

/** The most keys in one statement. */
const maxKeys = 1000;
/** A use in a token's last minute may not be stored yet. */
const idleGraceMs = 60_000;

/** The deletes of the token store. Each returns the identities of the tokens it deleted. */
export function createDeleteTokens(database: Database, schema: Schema, lockUser: LockUser): DeleteTokens {
  const { tokens, clients } = schema;
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

  /** Tokens whose stored expiry has passed. */
  const overdue = `select t.id from ${tokens} t where t.expiry <= ? and t.id <> all (?::uuid[]) order by t.expiry limit ?`;
  /**
   * Of the others, those that expired because they were not used. The index on the client and the creation finds the old ones.
   * No token expires later than its `max_expiry`, because each statement of this package stores an `expiry` that is not later.
   */
  const idle =
    `select t.id from ${clients} c join ${tokens} t on t.client_id = c.id ` +
    'where c.idle_ttl is not null and t.created <= ?::timestamptz - make_interval(secs => c.idle_ttl) ' +
    `and (t.expiry <= ?) is not true and ${expired} and t.id <> all (?::uuid[]) limit ?`;
  /** Skips tokens that others have locked. A token that was used or extended since it was found is kept. */
  const deleteFound =
    `with found as materialized (select t.id from ${tokens} t where t.id = any (?::uuid[]) for update skip locked) ` +
    `delete from ${tokens} t using found, ${clients} c where t.id = found.id and c.id = t.client_id ` +
    `and (t.expiry <= ? or ${expired}) returning ${identityColumns}${changeColumn}`;

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

    async findExpired(limit, now, except) {
      const at = toParameter(now);
      const skipped = toIdArray(except);
      const found = await database.run(overdue, [at, skipped, limit]);
      const missing = limit - found.length;
      if (missing > 0) {
        const aMinuteAgo = toParameter(now - idleGraceMs);
        found.push(...(await database.run(idle, [aMinuteAgo, at, aMinuteAgo, skipped, missing])));
      }
      return found.map(({ id }) => ({ id: id as string }));
    },

    async deleteExpired(found, now) {
      const parameters = [
        toIdArray(found),
        toParameter(now),
        toParameter(now - idleGraceMs),
        ...changeOf({ expiredAt: now }),
      ];
      return (await database.run(deleteFound, parameters)).map((row) => toTokenIdentity(row, schema));
    },
  };
}

/** An array of PostgreSQL. */
function toIdArray(tokens: readonly KnownToken[]): string {
  return `{${tokens.map(({ id }) => id).join(',')}}`;
}
