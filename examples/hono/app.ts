import { trpcServer } from '@hono/trpc-server';
import { Hono } from 'hono';
import type { GetConnInfo } from 'hono/conninfo';
import { admin, durin } from './auth.ts';
import { appRouter } from './router.ts';

/**
 * Creates the server, which is the same on Node, Bun and Deno.
 * @param getConnInfo the runtime's: a fetch request does not contain the caller's address
 */
export function createApp(getConnInfo: GetConnInfo): Hono {
  const app = new Hono();

  app.get('/', (c) => c.text('The API is below /trpc, the admin page is /admin/.'));

  app.use(
    '/trpc/*',
    trpcServer({
      router: appRouter,
      createContext: (options, c) => ({
        ...durin.createContext({ ...options, ipAddress: getConnInfo(c).remote.address }),
      }),
      responseMeta: durin.responseMeta,
      onError: ({ path, error }) => error.cause && console.error(path, error.cause),
    }),
  );

  app.all('/admin/*', (c) => admin.page(c.req.raw, { ipAddress: getConnInfo(c).remote.address }));

  return app;
}
