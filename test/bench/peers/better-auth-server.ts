import { initTRPC, TRPCError } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { serve } from '../processes/serve.ts';
import { openBetterAuth } from './better-auth.ts';

// A tRPC server whose guard asks better-auth for the session, as its documentation shows it. The load sends the cookies of its users.
const [, , url = '', kind, users = ''] = process.argv;
const { auth, cookies, close } = await openBetterAuth({ url, users: Number(users), hasCookieCache: kind === 'cached' });
const t = initTRPC.context<{ headers: Headers }>().create();
const guarded = t.procedure.use(async ({ ctx, next }) => {
  const session = await auth.api.getSession({ headers: ctx.headers });
  if (session === null) throw new TRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: session });
});

const server = createHTTPServer({
  router: t.router({ guarded: guarded.query(() => 'pong') }),
  createContext: ({ req }) => ({ headers: new Headers({ cookie: req.headers.cookie ?? '' }) }),
});
await serve({ 'better-auth': server }, { cookies }, close);
