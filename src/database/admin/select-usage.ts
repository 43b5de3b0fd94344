import type { Database } from '../database.ts';
import type { Schema } from '../schema.ts';
import type { ClientUse, DayUse } from './admin-store.ts';

/**
 * Counts tokens by client and by day. Either reads the table from one end to the other, on several cores where the server
 * has them: that takes as long however the tokens are spread, and whatever was written since the last vacuum.
 */
export function createSelectUsage(database: Database, schema: Schema) {
  const { tokens, clients } = schema;

  return {
    async usageOfClients(since: readonly Date[]): Promise<ClientUse[]> {
      const counts = since.map((_, index) => `count(*) filter (where t.last_used_at > ?)::float8 as used_${index}`);
      const usage = `select t.client_id, count(t.selector)::float8 as tokens, ${counts.join(', ')} from ${tokens} t group by t.client_id`;
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
     * Of what comes out of the union the planner does not know that it came from instants, of which there are as many as
     * tokens: it expects few days, and so counts on all cores. The selector is there to be counted, as no index on the
     * instants has it: an index alone would be slow as soon as uses have been noted.
     */
    async usageByDay(clientName: string | null, since: Date): Promise<DayUse[]> {
      const ofClient = clientName === null ? '' : `and t.client_id = (select id from ${clients} where name = ?)`;
      const start = since.toISOString();
      const parameters = [start, start, ...(clientName === null ? [] : [clientName])];
      const facts = (column: string, isIssue: boolean) =>
        `select date_bin('24 hours', t.${column}, ?::timestamptz) as day, ${isIssue} as is_issue, t.selector ` +
        `from ${tokens} t where t.${column} >= ? ${ofClient}`;
      const rows = await database.run(
        "select to_char(day at time zone 'UTC', 'YYYY-MM-DD') as day, " +
          'count(selector) filter (where is_issue)::float8 as issued, ' +
          'count(selector) filter (where not is_issue)::float8 as last_used ' +
          `from (${facts('created', true)} union all ${facts('last_used_at', false)}) fact group by fact.day`,
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
