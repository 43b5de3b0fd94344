import type { Database } from '../database.ts';
import type { Schema } from '../schema.ts';
import type { ClientUsage, DayUsage } from './admin-store.ts';

/** SQL for the day of an instant; its parameter is a midnight. */
const dayOf = (column: string) => `date_bin('24 hours', ${column}, ?::timestamptz) as day`;

/**
 * Counts tokens per client and per day. Both statements scan the whole table, in parallel if the server has several cores.
 * Their time does not depend on how the tokens are distributed, or on what was written since the last vacuum.
 */
export function createSelectUsage(database: Database, schema: Schema) {
  const { tokens, clients, uses } = schema;

  return {
    async usageOfClients(since: readonly Date[]): Promise<ClientUsage[]> {
      const counts = since.map((_, index) => `count(*) filter (where l.last_used_at > ?)::float8 as used_${index}`);
      const usage = `select t.client_id, count(t.selector)::float8 as tokens, ${counts.join(', ')} from ${tokens} t left join ${uses} l on l.token_id = t.id group by t.client_id`;
      const rows = await database.run(
        `select c.name, usage.* from ${clients} c left join (${usage}) usage on usage.client_id = c.id order by c.name`,
        since.map((instant) => instant.toISOString()),
      );
      return rows.map((row) => ({
        client: row['name'] as string,
        tokens: Number(row['tokens'] ?? 0),
        usedSince: since.map((_, index) => Number(row[`used_${index}`] ?? 0)),
      }));
    },

    /**
     * The union hides from the planner that the days come from nearly unique instants. It therefore expects few days and
     * counts in parallel. Counting the selector forces the table scan, because no index on the instants contains it: an
     * index-only scan gets slow once rows have been updated. Last uses are joined with their tokens only for a client.
     */
    async usageByDay(clientName: string | null, since: Date): Promise<DayUsage[]> {
      const ofClient = clientName === null ? '' : `and t.client_id = (select id from ${clients} where name = ?)`;
      const start = since.toISOString();
      const parameters = [start, start, ...(clientName === null ? [] : [clientName])];
      const issued = `select ${dayOf('t.created')}, true as is_issue, t.selector from ${tokens} t where t.created >= ? ${ofClient}`;
      const join = clientName === null ? '' : `join ${tokens} t on t.id = l.token_id`;
      const used = `select ${dayOf('l.last_used_at')}, false, '' from ${uses} l ${join} where l.last_used_at >= ? ${ofClient}`;
      const rows = await database.run(
        "select to_char(day at time zone 'UTC', 'YYYY-MM-DD') as day, " +
          'count(selector) filter (where is_issue)::float8 as issued, ' +
          'count(selector) filter (where not is_issue)::float8 as last_used ' +
          `from (${issued} union all ${used}) fact group by fact.day`,
        [...parameters, ...parameters],
      );
      return rows.map((row) => ({
        day: row['day'] as string,
        issued: row['issued'] as number,
        lastUsed: row['last_used'] as number,
      }));
    },
  };
}
