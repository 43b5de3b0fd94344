import { z } from 'zod';
import type { OwnedTokenRow, SortOrder, TokenCursor, TokenSort } from '../../database/admin/admin-store.ts';
import { DurinError } from '../../errors.ts';

/** How the list that a cursor belongs to is sorted. */
export interface Sorting {
  readonly sort: TokenSort;
  readonly order: SortOrder;
}

/** The years 1 to 9999, in milliseconds. PostgreSQL cannot parse JavaScript's notation of other years. */
const instant = z.int().min(-62_135_596_800_000).max(253_402_300_799_999);

/** Sort, order, instant (`null`: never) and id of the last row of a page. */
const cursorSchema = z.tuple([z.string(), z.string(), instant.nullable(), z.guid()]);

const instantOf: Record<TokenSort, (row: OwnedTokenRow) => Date | null> = {
  created: (row) => row.createdAt,
  expiry: (row) => row.storedExpiresAt,
  lastUsedAt: (row) => row.lastUsedAt,
};

/** The cursor of the page that follows this row. */
export function encodeCursor(row: OwnedTokenRow, { sort, order }: Sorting): string {
  const at = instantOf[sort](row)?.getTime() ?? null;
  return Buffer.from(JSON.stringify([sort, order, at, row.id])).toString('base64url');
}

/** @throws DurinError INVALID_INPUT unless `encodeCursor` wrote it, for a list with this sort and order */
export function decodeCursor(cursor: string, { sort, order }: Sorting): TokenCursor {
  const decoded = cursorSchema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (!decoded.success) throw invalidCursor('This field must be the nextCursor of a page.');
  const [cursorSort, cursorOrder, at, id] = decoded.data;
  if (cursorSort !== sort || cursorOrder !== order || (at === null && sort === 'created')) {
    throw invalidCursor('This cursor belongs to a list with another sort or order.');
  }
  return { at: at === null ? null : new Date(at), id };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalidCursor(sentence: string): DurinError {
  return new DurinError('INVALID_INPUT', { fields: { cursor: [sentence] } });
}
