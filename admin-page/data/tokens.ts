import type { inferRouterOutputs } from '@trpc/server';
import type { GetListParams, GetListResult } from 'react-admin';
import type { TokenListInput } from '../../src/admin/admin-inputs.ts';
import type { AdminPageRouter } from '../../src/admin/page/page-router.ts';
import { trpc } from '../connection.ts';
import type { ResourceCalls } from './resource-calls.ts';

type Outputs = inferRouterOutputs<AdminPageRouter>['admin'];
export type TokenRecord = Outputs['tokens']['list']['items'][number];
export type User = Outputs['users']['search'][number];

type ListInput = NonNullable<TokenListInput>;

/** The filters of the token list. */
export interface TokenFilter {
  search?: string;
  client?: string;
  state?: NonNullable<ListInput['state']>;
}

/** How many pages to load at most to find the cursor of a page, for example after a reload. */
const maxSkippedPages = 10;

/**
 * The tokens, by page number. The router pages by cursor, and the cursor of a page comes with the previous page. So the
 * cursors are kept, by list and page number.
 */
export function createTokens(): ResourceCalls<TokenRecord> {
  const cursors = new Map<string, string | null>();

  async function loadPage(key: string, input: ListInput, page: number, cursor: string | null) {
    const { items, nextCursor, isSearchCut } = await trpc.admin.tokens.list.query({ ...input, cursor });
    cursors.set(`${key}${page + 1}`, nextCursor);
    const isLast = nextCursor === null;
    const result: GetListResult<TokenRecord> = {
      data: items,
      pageInfo: { hasNextPage: !isLast, hasPreviousPage: page > 1 },
      // The total is only known on the last page.
      ...(isLast && { total: (page - 1) * (input.limit ?? 0) + items.length }),
      meta: { isSearchCut },
    };
    return result;
  }

  /** `undefined`: there is no such page, or too many pages would have to be loaded to reach it. */
  async function cursorOf(key: string, input: ListInput, page: number): Promise<string | null | undefined> {
    let known = page;
    while (known > 1 && !cursors.has(`${key}${known}`)) known -= 1;
    if (page - known > maxSkippedPages) return undefined;
    for (; known < page; known += 1) {
      const cursor = known === 1 ? null : cursors.get(`${key}${known}`);
      if (known > 1 && cursor === null) return undefined;
      await loadPage(key, input, known, cursor ?? null);
    }
    return page === 1 ? null : (cursors.get(`${key}${page}`) ?? undefined);
  }

  return {
    async getList({ pagination = { page: 1, perPage: 25 }, sort, filter }: GetListParams) {
      const { search, client, state } = (filter ?? {}) as TokenFilter;
      const input: ListInput = {
        limit: pagination.perPage,
        ...(sort && { sort: sort.field as ListInput['sort'], order: sort.order === 'ASC' ? 'asc' : 'desc' }),
        ...(search && { search }),
        ...(client && { client }),
        ...(state && { state }),
      };
      const key = JSON.stringify(input);
      const cursor = await cursorOf(key, input, pagination.page);
      if (cursor === undefined) return { data: [], pageInfo: { hasNextPage: false, hasPreviousPage: true } };
      return loadPage(key, input, pagination.page, cursor);
    },

    getOne: (id) => trpc.admin.tokens.get.query({ id: String(id) }),
    async delete(id) {
      await trpc.admin.tokens.revoke.mutate({ id: String(id) });
    },
  };
}
