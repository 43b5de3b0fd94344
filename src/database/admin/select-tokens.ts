import type { Database } from '../database.ts';
import { toParameter } from '../rows/instants.ts';
import type { Row } from '../rows/row.ts';
import type { Schema } from '../schema.ts';
import { createExpiryConditions, effectiveExpiry } from '../tokens/token-conditions.ts';
import type { OwnedTokenRow, TokenCursor, TokenQuery, TokenSort } from './admin-store.ts';
import { addUser } from './select-users.ts';

/** A part of a statement, and the parameters of its `?`. */
interface SqlFragment {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

const columnOf: Record<TokenSort, string> = { created: 't.created', expiry: 't.expiry', lastUsedAt: 't.last_used_at' };

/** Last uses are indexed by day, and PostgreSQL sorts within a day. */
const orderOf: Record<TokenSort, readonly string[]> = {
  created: ['t.created', 't.id'],
  expiry: ['t.expiry', 't.id'],
  lastUsedAt: ['t.last_used_on', 't.last_used_at', 't.id'],
};

/**
 * The admin's queries for tokens.
 *
 * Lists use keyset pagination: an index on the sorted column and the id finds the rows after the cursor, so the last page
 * costs no more than the first. Row comparisons skip nulls, so rows whose sorted column is null form a segment of their
 * own, before or after the other rows.
 *
 * The same indexes contain the filtered columns, so PostgreSQL checks the filters there and reads no row that it skips from
 * the table. It cannot do that for an `or`, so tokens that never expire and tokens that expire later are selected
 * separately.
 */
export function createSelectTokens(database: Database, schema: Schema) {
  const { tokens, clients, uses, usersAsU, userKeyColumn } = schema;
  const { expired } = createExpiryConditions(schema);
  const projection = schema.newProjection();
  const id = projection.add('t.id');
  const selector = projection.add('t.selector');
  const clientName = projection.add('c.name');
  const name = projection.add('t.name');
  const scopes = projection.add('t.scopes');
  const replaces = projection.add('t.replaces');
  const replacedBy = projection.add(
    `(select r.id from ${tokens} r where r.user_id = t.user_id and r.client_id = t.client_id and r.replaces = t.id limit 1)`,
  );
  const createdAt = projection.addInstant('t.created');
  const storedExpiresAt = projection.addInstant('t.expiry');
  const expiresAt = projection.addInstant(effectiveExpiry('l.last_used_at'));
  const lastUsedAt = projection.addInstant('l.last_used_at');
  const ipAddress = projection.add('l.ip_address');
  const userAgent = projection.add('l.user_agent');
  const owner = addUser(projection, schema);

  function read(row: Row): OwnedTokenRow {
    return {
      id: id(row) as string,
      selector: selector(row) as string,
      clientName: clientName(row) as string,
      name: name(row) as string | null,
      scopes: scopes(row) as readonly string[] | null,
      replaces: replaces(row) as string | null,
      replacedBy: replacedBy(row) as string | null,
      createdAt: createdAt(row) as Date,
      storedExpiresAt: storedExpiresAt(row),
      expiresAt: expiresAt(row),
      lastUsedAt: lastUsedAt(row),
      ipAddress: ipAddress(row) as string | null,
      userAgent: userAgent(row) as string | null,
      owner: owner(row),
    };
  }

  /**
   * Joins clients and users after the limit is applied, so that any plan joins only one page of rows. The tokens of users whom
   * a filter hides are listed too, so that an admin can revoke them.
   */
  async function selectJoined(page: SqlFragment, order: string): Promise<OwnedTokenRow[]> {
    const sql =
      `select ${projection.columns} from ${page.sql} t join ${clients} c on c.id = t.client_id ` +
      `left join ${uses} l on l.token_id = t.id join ${usersAsU} on u.${userKeyColumn} = t.user_id ${projection.joins} ${order}`;
    return (await database.run(sql, page.parameters)).map(read);
  }

  /**
   * The relation to list from. The tokens of some users are few, so they are all selected first: `offset 0` keeps the planner
   * from scanning everyone's tokens in the requested order instead. So are those of a client, if they are sorted by their
   * last use, which no index of theirs contains.
   */
  function tokensOf({ userKeys, sort }: TokenQuery, ofClient: readonly SqlFragment[]): SqlFragment {
    const isByUse = sort === 'lastUsedAt';
    const select = isByUse
      ? `select t.*, l.last_used_on, l.last_used_at from ${tokens} t left join ${uses} l on l.token_id = t.id`
      : `select t.* from ${tokens} t`;
    const first = [...(userKeys === null ? [] : [ofUsers(userKeys)]), ...(isByUse ? ofClient : [])];
    if (first.length === 0) return { sql: `(${select})`, parameters: [] };
    const { sql, parameters } = allOf(first);
    return { sql: `(${select} where ${sql} offset 0)`, parameters };
  }

  function ofUsers(userKeys: readonly unknown[]): SqlFragment {
    const placeholders = userKeys.map(() => '?').join(', ');
    return { sql: `t.user_id in (${placeholders})`, parameters: userKeys.map((key) => schema.toUserKey(key)) };
  }

  /**
   * What a query has to know of the clients. A condition by client compares the id instead of the name, because the planner
   * then knows how many tokens the client has.
   */
  async function readClients(wanted: string | null): Promise<{ readonly id: unknown; readonly canIdle: boolean }> {
    const [row] = await database.run(
      `select (select id from ${clients} where name = ?::text) as id, ` +
        `exists (select from ${clients} where idle_ttl is not null) as can_idle limit 1`,
      [wanted],
    );
    return { id: row?.['id'], canIdle: row?.['can_idle'] === true };
  }

  /** Whether a token has expired because it was not used. The array lets the index on the client find the few that can. */
  const isIdle =
    `t.client_id = any (array(select id from ${clients} where idle_ttl is not null)) and ` +
    `exists (select from ${clients} c where c.id = t.client_id and c.idle_ttl is not null and ${expired})`;

  return {
    async findToken(tokenId: string): Promise<OwnedTokenRow | null> {
      const [row] = await selectJoined({ sql: `(select * from ${tokens} where id = ?)`, parameters: [tokenId] }, '');
      return row ?? null;
    },

    async listTokens(query: TokenQuery, now: number): Promise<OwnedTokenRow[]> {
      if (query.userKeys?.length === 0) return [];
      const client = await readClients(query.clientName);
      if (query.clientName !== null && client.id === null) return [];
      const ofClient = query.clientName === null ? [] : [{ sql: 't.client_id = ?', parameters: [client.id] }];
      const from = tokensOf(query, ofClient);
      const column = columnOf[query.sort];
      const order = `order by ${orderOf[query.sort].map((sorted) => `${sorted} ${query.order}`).join(', ')}`;
      const found: OwnedTokenRow[] = [];
      for (const segment of segmentsOf(query)) {
        const missing = query.limit - found.length;
        if (missing === 0) break;
        const common = [...ofClient, ...segmentConditions(segment, column, query)];
        const idle = client.canIdle ? isIdle : null;
        const selects = expiryConditions(segment, query, now, idle).map((expiry) =>
          selectFirst(from, [...common, ...expiry], order, missing),
        );
        if (selects.length === 0) continue;
        found.push(...(await selectJoined(selectFirstOfAll(selects, order, missing), order)));
      }
      return found;
    },
  };
}

function selectFirst(from: SqlFragment, where: readonly SqlFragment[], order: string, limit: number): SqlFragment {
  const { sql, parameters } = allOf(where);
  return {
    sql: `(select * from ${from.sql} t where ${sql} ${order} limit ?)`,
    parameters: [...from.parameters, ...parameters, limit],
  };
}

function allOf(conditions: readonly SqlFragment[]): SqlFragment {
  return {
    sql: conditions.map(({ sql }) => sql).join(' and '),
    parameters: conditions.flatMap(({ parameters }) => parameters),
  };
}

function selectFirstOfAll(selects: readonly SqlFragment[], order: string, limit: number): SqlFragment {
  const [first] = selects;
  if (first !== undefined && selects.length === 1) return first;
  const all = selects.map(({ sql }) => sql).join(' union all ');
  const parameters = selects.flatMap((fragment) => fragment.parameters);
  return { sql: `(select * from (${all}) t ${order} limit ?)`, parameters: [...parameters, limit] };
}

/** The part of the list whose sorted column is null, or the part where it is not. */
interface Segment {
  readonly isNull: boolean;
  /** The cursor, if it lies in this segment; `null`: the segment starts at its beginning. */
  readonly after: TokenCursor | null;
}

/** The segments from the cursor on, in the order of the list. */
function segmentsOf({ sort, order, after }: TokenQuery): Segment[] {
  const nullsComeFirst = (sort === 'expiry') === (order === 'desc');
  const all = sort === 'created' ? [false] : nullsComeFirst ? [true, false] : [false, true];
  const remaining = after === null ? all : all.slice(all.indexOf(after.at === null));
  return remaining.map((isNull) => ({
    isNull,
    after: after !== null && isNull === (after.at === null) ? after : null,
  }));
}

/** The conditions for the rows of the segment that come after the cursor. */
function segmentConditions({ isNull, after }: Segment, column: string, { order }: TokenQuery): SqlFragment[] {
  const comparison = order === 'asc' ? '>' : '<';
  const sorted = column === columnOf.lastUsedAt && !isNull ? [column, 't.last_used_on'] : [column];
  const inSegment = { sql: sorted.map((one) => `${one} is ${isNull ? '' : 'not '}null`).join(' and '), parameters: [] };
  if (after === null) return [inSegment];
  if (isNull) return [inSegment, { sql: `t.id ${comparison} ?`, parameters: [after.id] }];
  const at = after.at?.toISOString();
  const isAfter = { sql: `(${column}, t.id) ${comparison} (?::timestamptz, ?::uuid)`, parameters: [at, after.id] };
  if (column !== columnOf.lastUsedAt) return [isAfter];
  return [
    isAfter,
    { sql: `t.last_used_on ${comparison}= (?::timestamptz at time zone 'UTC')::date`, parameters: [at] },
  ];
}

/**
 * The conditions of the expiry filter. Each element needs a select of its own.
 * @param isIdle SQL for whether a token has expired because it was not used; `null`: none can
 */
function expiryConditions(
  { isNull }: Segment,
  { sort, hasExpired }: TokenQuery,
  now: number,
  isIdle: string | null,
): SqlFragment[][] {
  if (hasExpired === null) return [[]];
  const parameters = [toParameter(now)];
  const expiresLater = { sql: 't.expiry > ?', parameters };
  const never = { sql: 't.expiry is null', parameters: [] };
  const unlessIdle = isIdle === null ? [] : [{ sql: `not (${isIdle})`, parameters }];
  const ifIdle = isIdle === null ? null : { sql: isIdle, parameters };
  const later = sort !== 'expiry' ? [expiresLater, never] : isNull ? [never] : [expiresLater];
  if (!hasExpired) return later.map((condition) => [condition, ...unlessIdle]);
  const overdue = sort === 'expiry' && isNull ? [] : [[{ sql: 't.expiry <= ?', parameters }]];
  return [...overdue, ...(ifIdle === null ? [] : later.map((condition) => [condition, ifIdle]))];
}
