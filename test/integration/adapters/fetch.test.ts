import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { describeAdapters } from '../../contracts/adapter.ts';
import type { AppRouter, Served, TestDurin } from './adapter-app.ts';

/** As Next's app router and Hono do it; the client's fetch is the server. */
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
