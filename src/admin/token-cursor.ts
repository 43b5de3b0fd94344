import { z } from 'zod';
import type { OwnedTokenRow, SortOrder, TokenCursor, TokenSort } from '../database/admin/admin-store.ts';
import { DurinError } from '../errors.ts';

/** The sort and the order that a page was asked for with. */
export interface Sorting {
  readonly sort: TokenSort;
  readonly order: SortOrder;
}

/** The years 1 to 9999, in milliseconds: of others PostgreSQL does not read what JavaScript writes. */
const instant = z.int().min(-62_135_596_800_000).max(253_402_300_799_999);

/** Sort, order, instant or `null` for never, and id, of the last row of a page. */
const written = z.tuple([z.string(), z.string(), instant.nullable(), z.guid()]);

const instantOf: Record<TokenSort, (row: OwnedTokenRow) => Date | null> = {
  created: (row) => row.createdAt,
  expiry: (row) => row.expiresAt,
  lastUsedAt: (row) => row.lastUsedAt,
};

/** Where the page after this row starts. */
export function writeCursor(row: OwnedTokenRow, { sort, order }: Sorting): string {
  const at = instantOf[sort](row)?.getTime() ?? null;
  return Buffer.from(JSON.stringify([sort, order, at, row.id])).toString('base64url');
}

/** @throws DurinError INVALID_INPUT for what `writeCursor` did not write, and for the cursor of another sort or order */
export function readCursor(cursor: string, { sort, order }: Sorting): TokenCursor {
  const place = written.safeParse(parsed(Buffer.from(cursor, 'base64url').toString()));
  if (!place.success) throw refusal('This field must be the nextCursor of a page.');
  const [itsSort, itsOrder, at, id] = place.data;
  if (itsSort !== sort || itsOrder !== order || (at === null && sort === 'created')) {
    throw refusal('This cursor is of a list with another sort or order.');
  }
  return { at: at === null ? null : new Date(at), id };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal(sentence: string): DurinError {
  return new DurinError('INVALID_INPUT', { fields: { cursor: [sentence] } });
}
