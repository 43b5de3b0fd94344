import { queryOptions } from '@tanstack/react-query';
import { trpc } from '../connection.ts';

// The rights in the app's code, which do not change while the page is open.

/** The names of the clients whose tokens are API keys. */
export const keyClients = queryOptions({
  queryKey: ['key-clients'],
  queryFn: () => trpc.admin.keys.clients.query(),
  staleTime: Number.POSITIVE_INFINITY,
});

/**
 * The scopes that the tokens of a client may have.
 * @param client its name; `undefined`: all scopes of the app
 */
export function scopesOf(client: string | undefined) {
  return queryOptions({
    queryKey: ['scopes', client ?? null],
    queryFn: () => trpc.admin.scopes.list.query({ ...(client !== undefined && { client }) }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
