import { QueryClient } from '@tanstack/react-query';

/** A new one for each request on the server, and one for each tab. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 30_000, retry: false }, // what the server has prefetched is not fetched again at once
    },
  });
}
