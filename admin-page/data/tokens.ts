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

/** What the list of tokens can be narrowed to. */
export interface TokenFilter {
  search?: string;
  client?: string;
  state?: NonNullable<ListInput['state']>;
}

/** More than that are not walked to reach a page whose cursor is not known, as after a reload. */
const longestWalk = 10;

/**
 * The tokens, page by page. The router gives pages by key: a page is known by the cursor that the one before it gave, so
 * these are kept, by what is listed and the page's number.
 */
export function createTokens(): ResourceCalls<TokenRecord> {
  const cursors = new Map<string, string | null>();

  async function listAt(key: string, input: ListInput, page: number, cursor: string | null) {
    const { items, nextCursor, isSearchCut } = await trpc.admin.tokens.list.query({ ...input, cursor });
    cursors.set(`${key}${page + 1}`, nextCursor);
    const isLast = nextCursor === null;
    const result: GetListResult<TokenRecord> = {
      data: items,
      pageInfo: { hasNextPage: !isLast, hasPreviousPage: page > 1 },
      // How many there are is known at the end only.
      ...(isLast && { total: (page - 1) * (input.limit ?? 0) + items.length }),
      meta: { isSearchCut },
    };
    return result;
  }

  /** `undefined`: there is no such page, or it is too far away. */
  async function cursorOf(key: string, input: ListInput, page: number): Promise<string | null | undefined> {
    let known = page;
    while (known > 1 && !cursors.has(`${key}${known}`)) known -= 1;
    if (page - known > longestWalk) return undefined;
    for (; known < page; known += 1) {
      const cursor = known === 1 ? null : cursors.get(`${key}${known}`);
      if (known > 1 && cursor === null) return undefined;
      await listAt(key, input, known, cursor ?? null);
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
      return listAt(key, input, pagination.page, cursor);
    },

    getOne: (id) => trpc.admin.tokens.get.query({ id: String(id) }),
    async delete(id) {
      await trpc.admin.tokens.revoke.mutate({ id: String(id) });
    },
  };
}
