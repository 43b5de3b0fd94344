import type { Database } from '../database.ts';
import { toParameter } from '../rows/instants.ts';
import type { Row } from '../rows/row.ts';
import type { Schema } from '../schema.ts';
import { effectiveExpiry } from '../tokens/token-conditions.ts';
import type { OwnedTokenRow, TokenQuery } from './admin-store.ts';
import { addUser } from './select-users.ts';
import { type SqlFragment, selectFirst, selectFirstOfAll } from './sql-fragment.ts';
import { createTokenRelations } from './token-relations.ts';
import { expiryConditions, orderOfSegment, type Segment, segmentConditions, segmentsOf } from './token-segments.ts';

/**
 * The admin's queries for tokens.
 *
 * Lists use keyset pagination: an index on the sorted column and the id finds the rows after the cursor, so the last page
 * costs no more than the first. Row comparisons skip nulls, so rows whose sorted column is null form a segment of their
 * own, before or after the other rows.
 *
 * The same indexes contain the filtered columns, so PostgreSQL checks the filters there and reads no row that it skips from
 * the table. It cannot do that for an `or`, so tokens that never expire, that expire later and that were not used for too
 * long are selected separately.
 */
export function createSelectTokens(database: Database, schema: Schema) {
  const { tokens, clients, uses, usersAsU, userKeyColumn } = schema;
  const { tokensOf, unused, unrecorded, idleTokens, isIdle } = createTokenRelations(schema);
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

  /** The tokens of a segment, from the cursor on. */
  async function selectSegment(
    segment: Segment,
    query: TokenQuery,
    { ofClient, canIdle, now }: ListContext,
  ): Promise<OwnedTokenRow[]> {
    const order = orderOfSegment(segment, query);
    const { limit, hasExpired } = query;
    const inSegment = [...ofClient, ...segmentConditions(segment, query)];
    const unlessIdle =
      canIdle && hasExpired === false ? [{ sql: `not (${isIdle})`, parameters: [toParameter(now)] }] : [];
    const selectsFrom = (from: SqlFragment, conditions: readonly SqlFragment[]) =>
      expiryConditions(segment, query, now).map((expiry) =>
        selectFirst(from, [...conditions, ...(expiry === null ? [] : [expiry]), ...unlessIdle], order, limit),
      );
    async function selectAll(selects: readonly SqlFragment[]): Promise<OwnedTokenRow[]> {
      return selects.length === 0 ? [] : selectJoined(selectFirstOfAll(selects, order, limit), order);
    }

    const isOfAll = query.userKeys === null && ofClient.length === 0 && hasExpired !== true;
    if (query.sort === 'lastUsedAt' && segment.isNull && isOfAll) {
      const found = await selectAll(selectsFrom(unused, inSegment));
      const last = found.length < limit ? undefined : found.at(-1);
      const until =
        last === undefined ? [] : [{ sql: `t.id ${query.order === 'asc' ? '<' : '>'} ?`, parameters: [last.id] }];
      return inOrderOfIds([...found, ...(await selectAll(selectsFrom(unrecorded, [...inSegment, ...until])))], query);
    }
    const idle =
      canIdle && hasExpired === true ? [idleTokens(query, ofClient, now, { conditions: inSegment, order, limit })] : [];
    return selectAll([
      ...selectsFrom(tokensOf(query, ofClient, now), inSegment),
      ...idle.map((from) => selectFirst(from, inSegment, order, limit)),
    ]);
  }

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
      const found: OwnedTokenRow[] = [];
      for (const segment of segmentsOf(query)) {
        const limit = query.limit - found.length;
        if (limit === 0) break;
        found.push(...(await selectSegment(segment, { ...query, limit }, { ofClient, canIdle: client.canIdle, now })));
      }
      return found;
    },
  };
}

interface ListContext {
  /** The condition on the client, if there is one. */
  readonly ofClient: readonly SqlFragment[];
  /** Whether tokens of any client expire if they are not used. */
  readonly canIdle: boolean;
  readonly now: number;
}

/** The first tokens of two lists that are sorted by their ids. */
function inOrderOfIds(found: readonly OwnedTokenRow[], { order, limit }: TokenQuery): OwnedTokenRow[] {
  const sign = order === 'asc' ? 1 : -1;
  return found.toSorted((one, other) => (one.id < other.id ? -sign : sign)).slice(0, limit);
}
