import { queryOptions } from '@tanstack/react-query';
import { api, trpc } from './connection.ts';
import { refusalOf } from './error-words.ts';

/** The user's API key; `null` where there is none, which is nothing that went wrong. */
export const apiKeyQuery = queryOptions({
  queryKey: [...api.auth.pathKey(), 'api-key'],
  async queryFn({ signal }) {
    try {
      return await trpc.auth.apiAccess.get.query(undefined, { signal });
    } catch (error) {
      if (refusalOf(error)?.code === 'API_ACCESS_NOT_FOUND') return null;
      throw error;
    }
  },
});
