import { trpcServer } from '@hono/trpc-server';
import { Hono } from 'hono';
import type { GetConnInfo } from 'hono/conninfo';
import { type AuthOf, honoGuard } from 'trpc-durin/http';
import { admin, durin } from './auth.ts';
import { appRouter } from './router.ts';

/**
 * Creates the server, which is the same on Node, Bun and Deno.
 * @param getConnInfo the runtime's: a fetch request does not contain the caller's address
 */
export function createApp(getConnInfo: GetConnInfo) {
  const addressOf = (...[context]: Parameters<GetConnInfo>) => getConnInfo(context).remote.address;
  const app = new Hono<{ Variables: { auth: AuthOf<typeof durin> } }>();

  app.get('/', (c) => c.text('The API is below /trpc, the admin page is /admin/.'));

  app.use(
    '/trpc/*',
    trpcServer({
      router: appRouter,
      createContext: (options, c) => durin.createContext({ ...options, ipAddress: addressOf(c) }),
      responseMeta: durin.responseMeta,
      onError: ({ path, error }) => error.cause && console.error(path, error.cause),
    }),
  );

  app.get('/report', honoGuard(durin, { ipAddress: addressOf }), (c) => {
    return c.text(`A report for ${c.get('auth').user.username}`); // a route that is not tRPC
  });

  app.all('/admin/*', (c) => admin.page(c.req.raw, { ipAddress: addressOf(c) }));

  return app;
}
