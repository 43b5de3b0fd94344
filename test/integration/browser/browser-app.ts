import { type AnyTRPCRouter, initTRPC } from '@trpc/server';
import type { CookieOptions, DurinContext } from '../../../src/index.ts';
import { createDurin } from '../../../src/index.ts';
import { openApp, password } from '../../support/app.ts';

type TestApp = Awaited<ReturnType<typeof openApp>>;

export const credentials = { username: 'alice', password, client: 'web' } as const;

/** The test app with a durin whose client `web` has the session cookie, and `cli` the header. */
export async function openBrowserApp() {
  const app = await openApp();
  const durin = createCookieDurin(app);
  return { ...app, durin, router: createBrowserRouter(durin) };
}

export type BrowserApp = Awaited<ReturnType<typeof openBrowserApp>>;
export type CookieDurin = ReturnType<typeof createCookieDurin>;

/** What differs between the durins of these tests. */
interface CookieTestOptions {
  cookies?: CookieOptions;
  secret?: string | string[];
  trustProxy?: number;
  tokenInUrl?: boolean;
  apiKeyHeader?: string;
}

export function createCookieDurin(app: Pick<TestApp, 'options'>, options: CookieTestOptions = {}) {
  return createDurin({
    ...app.options,
    clients: {
      web: { tokenTtl: '1d', transport: 'cookie' },
      cli: { tokenTtl: null },
      api: { tokenTtl: '365d' },
    },
    serializeUser: (user) => ({ name: user.username }),
    ...options,
  });
}

/** Without a transformer, so that tests can send and read plain JSON. */
export function createBrowserRouter(durin: CookieDurin) {
  const t = initTRPC.context<DurinContext>().create({ isDev: false });
  return t.router({
    auth: durin.durinRouter,
    me: durin.authedProcedure.query(({ ctx }) => ctx.user.username),
    maybe: durin.optionalProcedure.query(({ ctx }) => ctx.user?.username ?? null),
    publish: durin.authedProcedure.mutation(({ ctx }) => ctx.user.username),
    watch: durin.authedProcedure.subscription(async function* watch({ ctx }) {
      yield ctx.user.username;
    }),
    hello: durin.procedure.query(() => 'hello'),
  });
}

/** What serves a router: an adapter's options. */
export interface Serving {
  readonly router: AnyTRPCRouter;
  readonly createContext: (call: {
    req?: unknown;
    res?: unknown;
    resHeaders?: unknown;
    event?: unknown;
  }) => DurinContext;
  readonly responseMeta: CookieDurin['responseMeta'];
}
