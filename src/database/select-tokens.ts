import type { OwnedTokenRow, TokenPlace, TokenQuery, TokenSort } from './admin-store.ts';
import type { Database } from './database.ts';
import { toParameter } from './instants.ts';
import type { Row } from './projection.ts';
import type { Schema } from './schema.ts';
import { addUser } from './select-users.ts';

/** A piece of SQL with its parameters. */
interface Condition {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

const columnOf: Record<TokenSort, string> = { created: 't.created', expiry: 't.expiry', lastUsedAt: 't.last_used_at' };

/**
 * Lists tokens for an admin. A page is found by an index on the sorted column and the id, from the place where the page
 * before ended, so that the last page costs no more than the first. Rows whose column is empty are a stretch of their
 * own, before the others or behind them: a comparison of rows passes over them.
 */
export function createSelectTokens(database: Database, schema: Schema) {
  const { tokens, clients, users, userKeyColumn } = schema;
  const projection = schema.newProjection();
  const id = projection.add('t.id');
  const clientName = projection.add('c.name');
  const createdAt = projection.addInstant('t.created');
  const expiresAt = projection.addInstant('t.expiry');
  const lastUsedAt = projection.addInstant('t.last_used_at');
  const ipAddress = projection.add('t.ip_address');
  const userAgent = projection.add('t.user_agent');
  const owner = addUser(projection, schema);

  function read(row: Row): OwnedTokenRow {
    return {
      id: id(row) as string,
      clientName: clientName(row) as string,
      createdAt: createdAt(row) as Date,
      expiresAt: expiresAt(row),
      lastUsedAt: lastUsedAt(row),
      ipAddress: ipAddress(row) as string | null,
      userAgent: userAgent(row) as string | null,
      owner: owner(row),
    };
  }

  /** The limit comes before the joins: whatever the planner thinks of them, they are with a page of rows only. */
  async function select(where: readonly Condition[], order: string, limit: number): Promise<OwnedTokenRow[]> {
    const page = `select * from ${tokens} t where ${where.map(({ sql }) => sql).join(' and ')} ${order} limit ?`;
    const sql =
      `select ${projection.columns} from (${page}) t join ${clients} c on c.id = t.client_id ` +
      `join ${users} u on u.${userKeyColumn} = t.user_id ${projection.joins} ${order}`;
    return (await database.run(sql, [...where.flatMap(({ parameters }) => parameters), limit])).map(read);
  }

  return {
    async findToken(tokenId: string): Promise<OwnedTokenRow | null> {
      const [row] = await select([{ sql: 't.id = ?', parameters: [tokenId] }], '', 1);
      return row ?? null;
    },

    async listTokens(query: TokenQuery, now: number): Promise<OwnedTokenRow[]> {
      const filter = await filterOf(query);
      if (filter === null) return [];
      const column = columnOf[query.sort];
      const order = `order by ${column} ${query.order}, t.id ${query.order}`;
      const found: OwnedTokenRow[] = [];
      for (const stretch of stretchesOf(query)) {
        const missing = query.limit - found.length;
        if (missing === 0) break;
        const where = [...filter, ...placeIn(stretch, column, query), ...stateIn(stretch, query, now)];
        found.push(...(await select(where, order, missing)));
      }
      return found;
    },
  };

  /** `null`: nothing can match. The client's id, not its name, so that the planner knows how many tokens it has. */
  async function filterOf({ userKeys, clientName: name }: TokenQuery): Promise<Condition[] | null> {
    const conditions: Condition[] = [];
    if (userKeys !== null) {
      if (userKeys.length === 0) return null;
      const marks = userKeys.map(() => '?').join(', ');
      conditions.push({ sql: `t.user_id in (${marks})`, parameters: userKeys.map((key) => schema.toUserKey(key)) });
    }
    if (name !== null) {
      const [client] = await database.run(`select id from ${clients} where name = ?`, [name]);
      if (client === undefined) return null;
      conditions.push({ sql: 't.client_id = ?', parameters: [client['id']] });
    }
    return conditions;
  }
}

interface Stretch {
  /** Whether the sorted column of its rows is empty. */
  readonly isEmpty: boolean;
  /** Where in it the list goes on; `null`: at its start. */
  readonly after: TokenPlace | null;
}

/** What is left of the list, in order. */
function stretchesOf({ sort, order, after, hasExpired }: TokenQuery): Stretch[] {
  const neverComesFirst = (sort === 'expiry') === (order === 'desc');
  const all = sort === 'created' ? [false] : neverComesFirst ? [true, false] : [false, true];
  const left = after === null ? all : all.slice(all.indexOf(after.at === null));
  return left
    .filter((isEmpty) => !(isEmpty && sort === 'expiry' && hasExpired === true))
    .map((isEmpty) => ({ isEmpty, after: after !== null && isEmpty === (after.at === null) ? after : null }));
}

function placeIn({ isEmpty, after }: Stretch, column: string, { order }: TokenQuery): Condition[] {
  const comparison = order === 'asc' ? '>' : '<';
  const nullness = { sql: `${column} is ${isEmpty ? '' : 'not '}null`, parameters: [] };
  if (after === null) return [nullness];
  if (isEmpty) return [nullness, { sql: `t.id ${comparison} ?`, parameters: [after.id] }];
  const parameters = [after.at?.toISOString(), after.id];
  return [{ sql: `(${column}, t.id) ${comparison} (?::timestamptz, ?::uuid)`, parameters }];
}

function stateIn({ isEmpty }: Stretch, { sort, hasExpired }: TokenQuery, now: number): Condition[] {
  if (hasExpired === null || (sort === 'expiry' && isEmpty)) return [];
  const parameters = [toParameter(now)];
  if (hasExpired) return [{ sql: 't.expiry <= ?', parameters }];
  // As simple as the stretch allows, for the planner.
  return [{ sql: sort === 'expiry' ? 't.expiry > ?' : '(t.expiry is null or t.expiry > ?)', parameters }];
}
