import type { Database } from '../database.ts';
import type { Row } from '../rows/row.ts';
import type { Schema } from '../schema.ts';
import { clientColumns, toClientRecord } from '../sql-client-store.ts';
import type { ClientQuery, CountedClient } from './admin-store.ts';
import { containsPattern } from './select-users.ts';

/** The admin's queries for clients, with their numbers of tokens. */
export function createSelectClients(database: Database, schema: Schema) {
  const { tokens, clients } = schema;

  /**
   * Counts the selector, which no index on the client contains, so that PostgreSQL scans the table once. An index-only scan
   * is faster right after a vacuum, but several times slower once uses have been recorded all over the table.
   */
  const countsOf = (condition: string) =>
    `select t.client_id, count(t.selector)::float8 as tokens from ${tokens} t ${condition} group by t.client_id`;

  async function withCounts(rows: readonly Row[]): Promise<CountedClient[]> {
    if (rows.length === 0) return [];
    const ids = rows.map((row) => row['id']);
    const counts = await database.run(countsOf(`where t.client_id in (${ids.map(() => '?').join(', ')})`), ids);
    const tokensOf = new Map(counts.map((count) => [count['client_id'], count['tokens'] as number]));
    return rows.map((row) => ({ ...toClientRecord(row), tokens: tokensOf.get(row['id']) ?? 0 }));
  }

  async function pageOf({ search, sort, order, offset, limit }: ClientQuery): Promise<CountedClient[]> {
    const { where, parameters } = matching(search);
    const direction = sort === 'name' ? `c.name ${order}` : `${orderColumns[sort]} ${order}, c.name`;
    const page = `${where} order by ${direction} limit ? offset ?`;
    const select = `select ${clientColumns}`;
    if (sort !== 'tokens') {
      return withCounts(await database.run(`${select} from ${clients} c ${page}`, [...parameters, limit, offset]));
    }
    const sql = `${select}, coalesce(n.tokens, 0) as tokens from ${clients} c left join (${countsOf('')}) n on n.client_id = c.id ${page}`;
    const rows = await database.run(sql, [...parameters, limit, offset]);
    return rows.map((row) => ({ ...toClientRecord(row), tokens: row['tokens'] as number }));
  }

  return {
    /** Counts tokens only for the clients of the page, unless the list is sorted by that count. */
    async listClients(query: ClientQuery) {
      const { where, parameters } = matching(query.search);
      const [count] = await database.run(`select count(*)::float8 as total from ${clients} c ${where}`, parameters);
      return { clients: await pageOf(query), total: count?.['total'] as number };
    },

    async listClientNames(after: string | null, limit: number): Promise<string[]> {
      const where = after === null ? '' : 'where name > ?';
      const parameters = after === null ? [limit] : [after, limit];
      const rows = await database.run(`select name from ${clients} ${where} order by name limit ?`, parameters);
      return rows.map((row) => row['name'] as string);
    },

    async findClient(name: string): Promise<CountedClient | null> {
      const rows = await database.run(`select ${clientColumns} from ${clients} where name = ?`, [name]);
      const [client] = await withCounts(rows);
      return client ?? null;
    },
  };
}

function matching(search: string | null) {
  if (search === null) return { where: '', parameters: [] };
  return { where: "where c.name ilike ? escape '!'", parameters: [containsPattern(search)] };
}

/** A `tokenTtl` of `null` sorts as the longest. The name is always the last criterion, so that pages do not overlap. */
const orderColumns = { created: 'c.created', tokenTtl: 'c.token_ttl', tokens: 'coalesce(n.tokens, 0)' };
