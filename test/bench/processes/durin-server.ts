import { initTRPC } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { openBenchApp } from '../bench-app.ts';
import { serve } from './serve.ts';

// The app of the benchmark, and one without trpc-durin. They run in a process of their own, so that the load does not share its core.
const [, , url = '', kind] = process.argv;
const app = await openBenchApp(url, kind === 'cached' ? { ttl: '1h' } : undefined);
const t = initTRPC.create();
const bare = t.router({
  unguarded: t.procedure.query(() => 'pong'),
  idle: t.procedure.use(({ next }) => next({ ctx: { user: null, auth: null } })).query(() => 'pong'),
});

await serve(
  {
    durin: createHTTPServer({
      router: app.router,
      createContext: app.durin.createContext,
      responseMeta: app.durin.responseMeta,
    }),
    bare: createHTTPServer({ router: bare, createContext: () => ({}) }),
  },
  {},
  app.close,
);
