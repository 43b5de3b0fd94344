import type { httpBatchLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { parseSetCookie } from 'cookie';
import superjson from 'superjson';
import { createDurinClient, type DurinAuth, type DurinClientOptions } from '../../../../client/index.ts';
import { createDurin } from '../../../../src/index.ts';
import { createClock, openApp, password, t } from '../../../support/app.ts';
import { User } from '../../../support/entities.ts';

type LinkFetch = NonNullable<Parameters<typeof httpBatchLink<AnyTRPCRouter>>[0]['fetch']>;
type CookieApp = Awaited<ReturnType<typeof openCookieApp>>;
export type AppRouter = CookieApp['router'];

export const alice = { username: 'alice', password };
export const bob = { username: 'bob', password };

/** The cookies of a browser, which all of its tabs share, and what its pages have asked. */
export function openBrowser(app: CookieApp) {
  const jar = new Map<string, string>();
  const asked: string[] = [];
  const network = { isDown: false };
  const held = new Map<string, PromiseWithResolvers<void>>();

  async function send(request: Request): Promise<Response> {
    const calls = new URL(request.url).pathname.slice('/trpc/'.length);
    asked.push(calls);
    if (network.isDown) throw new TypeError('fetch failed');
    request.headers.set('sec-fetch-site', 'same-origin');
    if (request.credentials === 'include')
      request.headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const { createContext, responseMeta } = app.durin;
    const serving = { router: app.router, createContext, responseMeta };
    const response = await fetchRequestHandler({ endpoint: '/trpc', req: request, ...serving });
    await held.get(calls)?.promise;
    for (const text of response.headers.getSetCookie()) keep(parseSetCookie(text));
    return response;
  }

  function keep({
    name,
    value = '',
    maxAge,
  }: {
    name: string;
    value?: string | undefined;
    maxAge?: number | undefined;
  }) {
    if (maxAge === 0) jar.delete(name);
    else jar.set(name, value);
  }

  const fetch: LinkFetch = (input, init) => send(new Request(String(input), init as RequestInit));

  return {
    jar,
    asked,
    network,
    fetch,
    /** Holds back the answers to these calls. */
    hold: (calls: string) => held.set(calls, Promise.withResolvers()),
    /** Delivers the answers that are held back, with their cookies. */
    release(calls: string) {
      held.get(calls)?.resolve();
      held.delete(calls);
    },
    /** Opens a tab. */
    open(options: Partial<DurinClientOptions<AppRouter>> = {}) {
      const sdk = createDurinClient<AppRouter>({
        url: 'http://localhost/trpc',
        path: 'auth',
        client: 'web',
        transport: 'cookie',
        transformer: superjson,
        fetch,
        refresh: false,
        ...options,
      } as DurinClientOptions<AppRouter>);
      return sdk;
    },
  };
}

/** An app whose client `web` has the session cookie. Its clock starts with that of the SDK. */
export async function openCookieApp() {
  const { orm, clock, options, close } = await openApp(createClock(Math.ceil(Date.now() / 1000) * 1000));
  const durin = createDurin({
    ...options,
    throttle: { login: false },
    clients: { web: { tokenTtl: '1d', transport: 'cookie' }, cli: { tokenTtl: null } },
    serializeUser: (user) => ({ name: user.username }),
    onWarning() {}, // fetch passes no address
  });
  const router = t.router({
    auth: durin.durinRouter,
    me: durin.authedProcedure.query(({ ctx }) => ctx.user.username),
    enter: durin.procedure.mutation(async ({ ctx }) => {
      const user = await orm.em.fork().findOneOrFail(User, { username: 'alice' });
      const { token, id, expiry, user: view } = await durin.signIn({ user, client: 'web', ctx });
      return { token, id, expiry, user: view };
    }),
  });
  return { orm, clock, durin, router, close };
}

/** Resolves when a condition holds after one of the changes of `auth`. */
export function changed(auth: { subscribe(listener: () => void): () => void }, holds: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const unsubscribe = auth.subscribe(check);
  function check(): void {
    if (!holds()) return;
    unsubscribe();
    resolve();
  }
  check();
  return promise;
}

/** The user's name, or why nobody is signed in. */
export function nameIn({ auth }: { auth: Pick<DurinAuth<AppRouter>, 'getSnapshot'> }): string | undefined {
  const snapshot = auth.getSnapshot();
  return snapshot.status === 'signed-in' ? snapshot.user.name : snapshot.reason;
}
