import type { Database } from '../database.ts';
import { toParameter } from '../rows/instants.ts';
import type { Row } from '../rows/projection.ts';
import type { Schema } from '../schema.ts';
import type { OwnedTokenRow, TokenPlace, TokenQuery, TokenSort } from './admin-store.ts';
import { addUser } from './select-users.ts';

/** A piece of SQL with its parameters. */
interface Piece {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

const columnOf: Record<TokenSort, string> = { created: 't.created', expiry: 't.expiry', lastUsedAt: 't.last_used_at' };

/**
 * Lists tokens for an admin. A page is found by an index on the sorted column and the id, from the place where the page
 * before ended, so that the last page costs no more than the first. Rows whose column is empty are a stretch of their
 * own, before the others or behind them: a comparison of rows passes over them.
 *
 * What is filtered for lies in the index too, as conditions that PostgreSQL judges there: however many tokens of another
 * state or client come first, none of them is read from the table. An `or` is no such condition, so those that never
 * expire and those that have not yet are asked for each by itself.
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
  async function select(page: Piece, order: string): Promise<OwnedTokenRow[]> {
    const sql =
      `select ${projection.columns} from ${page.sql} t join ${clients} c on c.id = t.client_id ` +
      `join ${users} u on u.${userKeyColumn} = t.user_id ${projection.joins} ${order}`;
    return (await database.run(sql, page.parameters)).map(read);
  }

  /**
   * Where the tokens come from. Those of some users are few, and are all taken (`offset 0` has them be taken first): else
   * the planner may go through everyone's in the order that is asked for.
   */
  function tokensOf(userKeys: readonly unknown[] | null): Piece {
    if (userKeys === null) return { sql: tokens, parameters: [] };
    const marks = userKeys.map(() => '?').join(', ');
    const parameters = userKeys.map((key) => schema.toUserKey(key));
    return { sql: `(select * from ${tokens} t where t.user_id in (${marks}) offset 0)`, parameters };
  }

  /** `null`: nothing can match. The client's id, not its name, so that the planner knows how many tokens it has. */
  async function isOfClient(name: string | null): Promise<Piece[] | null> {
    if (name === null) return [];
    const [client] = await database.run(`select id from ${clients} where name = ?`, [name]);
    return client === undefined ? null : [{ sql: 't.client_id = ?', parameters: [client['id']] }];
  }

  return {
    async findToken(tokenId: string): Promise<OwnedTokenRow | null> {
      const [row] = await select({ sql: `(select * from ${tokens} where id = ?)`, parameters: [tokenId] }, '');
      return row ?? null;
    },

    async listTokens(query: TokenQuery, now: number): Promise<OwnedTokenRow[]> {
      if (query.userKeys?.length === 0) return [];
      const ofClient = await isOfClient(query.clientName);
      if (ofClient === null) return [];
      const from = tokensOf(query.userKeys);
      const column = columnOf[query.sort];
      const order = `order by ${column} ${query.order}, t.id ${query.order}`;
      const found: OwnedTokenRow[] = [];
      for (const stretch of stretchesOf(query)) {
        const missing = query.limit - found.length;
        if (missing === 0) break;
        const all = [...ofClient, ...placeIn(stretch, column, query)];
        const firsts = statesIn(stretch, query, now).map((state) => firstOf(from, [...all, ...state], order, missing));
        found.push(...(await select(firstOfAll(firsts, order, missing), order)));
      }
      return found;
    },
  };
}

function firstOf(from: Piece, where: readonly Piece[], order: string, limit: number): Piece {
  const conditions = where.map(({ sql }) => sql).join(' and ');
  const parameters = [from, ...where].flatMap((piece) => piece.parameters);
  return {
    sql: `(select * from ${from.sql} t where ${conditions} ${order} limit ?)`,
    parameters: [...parameters, limit],
  };
}

function firstOfAll(firsts: readonly Piece[], order: string, limit: number): Piece {
  const [first] = firsts;
  if (first !== undefined && firsts.length === 1) return first;
  const all = firsts.map(({ sql }) => sql).join(' union all ');
  const parameters = firsts.flatMap((piece) => piece.parameters);
  return { sql: `(select * from (${all}) t ${order} limit ?)`, parameters: [...parameters, limit] };
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

function placeIn({ isEmpty, after }: Stretch, column: string, { order }: TokenQuery): Piece[] {
  const comparison = order === 'asc' ? '>' : '<';
  const nullness = { sql: `${column} is ${isEmpty ? '' : 'not '}null`, parameters: [] };
  if (after === null) return [nullness];
  if (isEmpty) return [nullness, { sql: `t.id ${comparison} ?`, parameters: [after.id] }];
  const parameters = [after.at?.toISOString(), after.id];
  return [{ sql: `(${column}, t.id) ${comparison} (?::timestamptz, ?::uuid)`, parameters }];
}

/** The conditions of a state, each by itself. */
function statesIn({ isEmpty }: Stretch, { sort, hasExpired }: TokenQuery, now: number): Piece[][] {
  if (hasExpired === null || (sort === 'expiry' && isEmpty)) return [[]];
  const parameters = [toParameter(now)];
  if (hasExpired) return [[{ sql: 't.expiry <= ?', parameters }]];
  const expiresLater = [{ sql: 't.expiry > ?', parameters }];
  return sort === 'expiry' ? [expiresLater] : [expiresLater, [{ sql: 't.expiry is null', parameters: [] }]];
}
