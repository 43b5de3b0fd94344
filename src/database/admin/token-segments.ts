import { toParameter } from '../rows/instants.ts';
import type { TokenCursor, TokenQuery, TokenSort } from './admin-store.ts';
import type { SqlFragment } from './sql-fragment.ts';

const columnOf: Record<TokenSort, string> = { created: 't.created', expiry: 't.expiry', lastUsedAt: 't.last_used_at' };

/** Last uses are indexed by day, and PostgreSQL sorts within a day. */
const orderOf: Record<TokenSort, readonly string[]> = {
  created: ['t.created', 't.id'],
  expiry: ['t.expiry', 't.id'],
  lastUsedAt: ['t.last_used_on', 't.last_used_at', 't.id'],
};

/** The part of the list whose sorted column is null, or the part where it is not. */
export interface Segment {
  readonly isNull: boolean;
  /** The cursor, if it lies in this segment; `null`: the segment starts at its beginning. */
  readonly after: TokenCursor | null;
}

/** The segments from the cursor on, in the order of the list. */
export function segmentsOf({ sort, order, after }: TokenQuery): Segment[] {
  const nullsComeFirst = (sort === 'expiry') === (order === 'desc');
  const all = sort === 'created' ? [false] : nullsComeFirst ? [true, false] : [false, true];
  const remaining = after === null ? all : all.slice(all.indexOf(after.at === null));
  return remaining.map((isNull) => ({
    isNull,
    after: after !== null && isNull === (after.at === null) ? after : null,
  }));
}

/**
 * SQL that sorts the tokens `t` of a segment. Those that were never used have no last use to sort by: PostgreSQL uses the index on
 * the ids only if the statement sorts by the id alone.
 */
export function orderOfSegment({ isNull }: Segment, { sort, order }: TokenQuery): string {
  const columns = sort === 'lastUsedAt' && isNull ? ['t.id'] : orderOf[sort];
  return `order by ${columns.map((sorted) => `${sorted} ${order}`).join(', ')}`;
}

/** The conditions for the rows of the segment that come after the cursor. */
export function segmentConditions({ isNull, after }: Segment, { sort, order }: TokenQuery): SqlFragment[] {
  const column = columnOf[sort];
  const comparison = order === 'asc' ? '>' : '<';
  const sorted = sort === 'lastUsedAt' && !isNull ? [column, 't.last_used_on'] : [column];
  const inSegment = { sql: sorted.map((one) => `${one} is ${isNull ? '' : 'not '}null`).join(' and '), parameters: [] };
  if (after === null) return [inSegment];
  if (isNull) return [inSegment, { sql: `t.id ${comparison} ?`, parameters: [after.id] }];
  const at = after.at?.toISOString();
  const isAfter = { sql: `(${column}, t.id) ${comparison} (?::timestamptz, ?::uuid)`, parameters: [at, after.id] };
  if (sort !== 'lastUsedAt') return [isAfter];
  return [
    isAfter,
    { sql: `t.last_used_on ${comparison}= (?::timestamptz at time zone 'UTC')::date`, parameters: [at] },
  ];
}

/**
 * The conditions of the filter on the stored expiry. Each needs a select of its own, because PostgreSQL does not look up an
 * `or` in an index. A list that is sorted by the last use is read from the table of uses, whose indexes do not have the expiry.
 */
export function expiryConditions(
  { isNull }: Segment,
  { sort, hasExpired }: TokenQuery,
  now: number,
): (SqlFragment | null)[] {
  if (hasExpired === null) return [null];
  const parameters = [toParameter(now)];
  if (hasExpired) return sort === 'expiry' && isNull ? [] : [{ sql: 't.expiry <= ?', parameters }];
  if (sort === 'lastUsedAt') return [{ sql: '(t.expiry > ? or t.expiry is null)', parameters }];
  const later = { sql: 't.expiry > ?', parameters };
  const never = { sql: 't.expiry is null', parameters: [] };
  return sort !== 'expiry' ? [later, never] : [isNull ? never : later];
}
