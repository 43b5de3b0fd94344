import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { describeAdapters } from '../../contracts/adapter.ts';
import type { AppRouter, Served, TestDurin } from './adapter-app.ts';

/** Like Next.js and Hono. The client's `fetch` calls the handler directly. */
async function serve(router: AppRouter, { createContext, responseMeta }: TestDurin): Promise<Served> {
  return {
    url: 'http://localhost/api/trpc',
    fetch: (input, init) =>
      fetchRequestHandler({
        endpoint: '/api/trpc',
        req: new Request(input, init),
        router,
        createContext,
        responseMeta,
      }),
    close: async () => {},
  };
}

describeAdapters([{ name: 'fetch', peerAddress: null, serve }]);
