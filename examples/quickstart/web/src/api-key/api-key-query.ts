import { queryOptions } from '@tanstack/react-query';
import { durinErrorOf } from 'trpc-durin/client';
import { api, trpc } from '../app/connection.ts';

/** The user's API key. `null`: there is none, which is not an error. */
export const apiKeyQuery = queryOptions({
  queryKey: [...api.auth.pathKey(), 'api-key'],
  async queryFn({ signal }) {
    try {
      return await trpc.auth.apiAccess.get.query(undefined, { signal });
    } catch (error) {
      if (durinErrorOf(error)?.code === 'API_ACCESS_NOT_FOUND') return null;
      throw error;
    }
  },
});
