import type { Database } from '../database.ts';
import type { Schema } from '../schema.ts';
import type { UsageStore } from './usage-store.ts';

/** The conditions on a day and, if it is not `null`, on a client. Users whose calls were all taken back are left out. */
const since = (client: string | null) =>
  `n.calls > 0 and n.day >= ?::date ${client === null ? '' : 'and n.client = ?'}`;
/** The number of users among the counts of a day. A client has one count for each of them. */
const usersOf = (client: string | null) => (client === null ? 'count(distinct n.user_id)' : 'count(*)');
const values = (client: string | null, day: string) => (client === null ? [day] : [day, client]);

/**
 * The usage on PostgreSQL.
 * @returns `null` if calls are not counted
 */
export function createSqlUsageStore(database: Database, schema: Schema): UsageStore | null {
  const { usage, toUserKey, fromUserKeyText } = schema;
  if (usage === null) return null;

  /** Processes that count the same calls lock the rows in the same order, so they wait for each other and cannot deadlock. */
  const addCounts = database.prepare(`
    insert into ${usage} as n (client, day, user_id, calls)
    select client, day, "userId", sum(calls) from json_to_recordset(?::json)
      as counted (client text, day date, "userId" text, calls bigint)
    group by client, day, "userId" order by client, day, "userId"
    on conflict (client, day, user_id) do update set calls = n.calls + excluded.calls`);

  return {
    async add(counts) {
      const rows = counts.map(({ userId, ...count }) => ({ ...count, userId: String(toUserKey(userId)) }));
      await addCounts([JSON.stringify(rows)]);
    },

    async byDay(client, day) {
      const rows = await database.run(
        `select n.day::text as day, sum(n.calls)::float8 as calls, ${usersOf(client)}::int as users ` +
          `from ${usage} n where ${since(client)} group by n.day order by n.day`,
        values(client, day),
      );
      return rows.map((row) => ({
        day: row['day'] as string,
        calls: row['calls'] as number,
        users: row['users'] as number,
      }));
    },

    /** Adds up the calls of each user first. To sort all counts by user, as `count(distinct)` does, takes twice as long. */
    async byClient(day) {
      const ofUsers = `select n.client, sum(n.calls) as calls from ${usage} n where ${since(null)} group by n.client, n.user_id`;
      const rows = await database.run(
        `select n.client, sum(n.calls)::float8 as calls, count(*)::int as users ` +
          `from (${ofUsers}) n group by n.client order by 2 desc, 1`,
        values(null, day),
      );
      return rows.map((row) => ({
        client: row['client'] as string,
        calls: row['calls'] as number,
        users: row['users'] as number,
      }));
    },

    async byUser(client, day, limit) {
      const rows = await database.run(
        `select n.user_id, sum(n.calls)::float8 as calls ` +
          `from ${usage} n where ${since(client)} group by n.user_id order by 2 desc, 1 limit ?`,
        [...values(client, day), limit],
      );
      return rows.map((row) => ({ userId: fromUserKeyText(row['user_id'] as string), calls: row['calls'] as number }));
    },

    async deleteBefore(day, limit) {
      const deleted = await database.run(
        `delete from ${usage} n using (select client, day, user_id from ${usage} where day < ?::date limit ? ` +
          'for update skip locked) old ' +
          'where n.client = old.client and n.day = old.day and n.user_id = old.user_id returning n.client',
        [day, limit],
      );
      return deleted.length;
    },
  };
}
