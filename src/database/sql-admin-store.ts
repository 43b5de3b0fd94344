import type { AdminStore, ClientQuery, CountedClient } from './admin-store.ts';
import type { Database } from './database.ts';
import type { Row } from './projection.ts';
import type { Schema } from './schema.ts';
import { createSelectTokens } from './select-tokens.ts';
import { containing, createSelectUsers } from './select-users.ts';
import { clientColumns, toClientRecord } from './sql-client-store.ts';

/** The admin store on PostgreSQL. */
export function createSqlAdminStore(database: Database, schema: Schema): AdminStore {
  const { tokens, clients } = schema;
  const tokenCount = `(select count(*) from ${tokens} t where t.client_id = c.id)::float8`;

  return {
    ...createSelectTokens(database, schema),
    ...createSelectUsers(database, schema),

    async listClients({ search, sort, order, offset, limit }: ClientQuery) {
      const where = search === null ? '' : "where c.name ilike ? escape '!'";
      const pattern = search === null ? [] : [containing(search)];
      const page = `select c.* from ${clients} c ${where} order by ${orderOf(sort, order, tokenCount)} limit ? offset ?`;
      // Tokens are counted for the clients of the page only, unless the order depends on it.
      const sql = `select ${clientColumns}, ${tokenCount} as tokens from (${page}) c order by ${orderOf(sort, order, 'tokens')}`;
      const rows = await database.run(sql, [...pattern, limit, offset]);
      const [count] = await database.run(`select count(*)::float8 as total from ${clients} c ${where}`, pattern);
      return { clients: rows.map(toCountedClient), total: count?.['total'] as number };
    },

    async findClient(name) {
      const sql = `select ${clientColumns}, ${tokenCount} as tokens from ${clients} c where c.name = ?`;
      const [row] = await database.run(sql, [name]);
      return row === undefined ? null : toCountedClient(row);
    },

    async usageOfClients(since) {
      const counts = since.map((_, index) => `count(*) filter (where t.last_used_at > ?)::float8 as used_${index}`);
      const usage = `select t.client_id, count(*)::float8 as tokens, ${counts.join(', ')} from ${tokens} t group by t.client_id`;
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

    async usageByDay(clientName, since) {
      const ofClient = clientName === null ? '' : `and t.client_id = (select id from ${clients} where name = ?)`;
      const parameters = [since.toISOString(), ...(clientName === null ? [] : [clientName])];
      const days = (column: string, issued: string, lastUsed: string) =>
        `select (t.${column} at time zone 'UTC')::date as day, ${issued} as issued, ${lastUsed} as last_used ` +
        `from ${tokens} t where t.${column} >= ? ${ofClient} group by 1`;
      const rows = await database.run(
        "select to_char(day, 'YYYY-MM-DD') as day, sum(issued)::float8 as issued, sum(last_used)::float8 as last_used from (" +
          `${days('created', 'count(*)', '0')} union all ${days('last_used_at', '0', 'count(*)')}) by_kind group by by_kind.day`,
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

/** An expiry of never is the longest. Equal ones are in the order of their names, so that pages do not overlap. */
function orderOf(sort: ClientQuery['sort'], order: ClientQuery['order'], tokenCount: string): string {
  const expressions = { name: 'c.name', created: 'c.created', tokenTtl: 'c.token_ttl', tokens: tokenCount };
  return sort === 'name' ? `c.name ${order}` : `${expressions[sort]} ${order}, c.name`;
}

function toCountedClient(row: Row): CountedClient {
  return { ...toClientRecord(row), tokens: Number(row['tokens']) };
}
