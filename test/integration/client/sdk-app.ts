import type { httpBatchLink } from '@trpc/client';
import { type AnyTRPCRouter, tracked } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import superjson from 'superjson';
import { z } from 'zod';
import type { DurinStorage } from '../../../client/index.ts';
import { createDurin } from '../../../src/index.ts';
import { createClock, openApp, password, t } from '../../support/app.ts';
import { User } from '../../support/entities.ts';

export type TestApp = Awaited<ReturnType<typeof openSdkApp>>;
type OpenApp = Awaited<ReturnType<typeof openApp>>;
export type AppRouter = TestApp['router'];

/** The fetch that tRPC's links take. */
export type LinkFetch = NonNullable<Parameters<typeof httpBatchLink<AnyTRPCRouter>>[0]['fetch']>;

export const alice = { username: 'alice', password };
export const bob = { username: 'bob', password };
export const url = 'http://localhost/trpc';
export const transformer = superjson;

/** A request that the server received: its procedures and its token. */
export interface Seen {
  readonly calls: string;
  readonly authorization: string | null;
}

/** The server as it starts with these secrets. */
function startServer(options: OpenApp['options'], secret: string | readonly string[]) {
  const durin = createDurin({
    ...options,
    secret,
    throttle: { login: false },
    onWarning() {}, // fetch passes no address
    apiAccess: { clientName: 'api' },
    serializeUser: (user) => ({ id: BigInt(user.id), name: user.username }),
  });
  const router = t.router({
    auth: durin.durinRouter,
    me: durin.authedProcedure.query(({ ctx }) => ctx.user.username),
    save: durin.authedProcedure.mutation(({ ctx }) => ctx.user.username),
    erase: durin.guardedProcedure({ fresh: '10m' }).mutation(({ ctx }) => ctx.user.username),
    secrets: durin.guardedProcedure({ fresh: '5m' }).query(({ ctx }) => `secrets of ${ctx.user.username}`),
    watchSecrets: durin.guardedProcedure({ fresh: '10m' }).subscription(async function* watchSecrets({ ctx, signal }) {
      yield ctx.user.username;
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    }),
    watchNews: durin
      .guardedProcedure({ fresh: '10m' })
      .input(z.object({ lastEventId: z.string().optional() }).optional())
      .subscription(async function* watchNews({ input, signal }) {
        const number = Number(input?.lastEventId ?? 0) + 1;
        yield tracked(String(number), `news ${number}`);
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      }),
    hello: durin.optionalProcedure.query(({ ctx }) => ctx.user?.username ?? 'stranger'),
    throttled: durin.throttledProcedure({ scope: 'test', rate: '1/h' }).query(() => 'done'),
    enter: durin.procedure.input(z.number()).mutation(async ({ ctx, input }) => {
      const user = await options.orm.em.fork().findOneOrFail(User, input);
      const { token, expiry, user: view } = await durin.signIn({ user, client: 'web', ctx });
      return { token, expiry, user: view };
    }),
    watch: durin.authedProcedure.subscription(async function* watch({ ctx, signal }) {
      yield ctx.user.username;
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    }),
  });
  return { durin, router };
}

/**
 * Opens the app that the SDK's tests call, without a socket: `connect().fetch` is the server. Its clock starts with the
 * SDK's, at a whole second.
 */
export async function openSdkApp() {
  const { orm, clock, options, close } = await openApp(createClock(Math.ceil(Date.now() / 1000) * 1000));
  const first = startServer(options, options.secret);
  let current = first;

  /** Creates a network between one client and the server. */
  function connect() {
    const seen: Seen[] = [];
    const held: { calls: string; answer: () => void; lose: () => void }[] = [];
    const holds = new Set<string>();
    const mangled = new Set<string>();
    let isDown = false;

    async function send(request: Request): Promise<Response> {
      const calls = new URL(request.url).pathname.slice('/trpc/'.length);
      seen.push({ calls, authorization: request.headers.get('authorization') });
      if (isDown) throw new TypeError('fetch failed');
      if (mangled.delete(calls)) request.headers.set('authorization', 'Token mangled');
      const { durin, router } = current;
      const { createContext, responseMeta } = durin;
      const response = await fetchRequestHandler({
        endpoint: '/trpc',
        router,
        req: request,
        createContext,
        responseMeta,
      });
      if (!holds.delete(calls)) return response;
      return new Promise((resolve, reject) => {
        held.push({ calls, answer: () => resolve(response), lose: () => reject(new TypeError('fetch failed')) });
      });
    }

    function take(calls: string) {
      const index = held.findIndex((entry) => entry.calls === calls);
      if (index < 0) throw new Error(`no answer to ${calls} is held back`);
      return held.splice(index, 1)[0];
    }

    return {
      seen,
      fetch: ((input, init) => send(new Request(String(input), init as RequestInit))) as LinkFetch,
      /** Holds back the answer to the next request of these calls. */
      hold: (calls: string) => holds.add(calls),
      held,
      /** Replaces the token of the next request of these calls. */
      mangle: (calls: string) => mangled.add(calls),
      /** Delivers the answer that is held back. */
      release: (calls: string) => take(calls)?.answer(),
      /** Breaks the connection instead of delivering the answer that is held back. */
      lose: (calls: string) => take(calls)?.lose(),
      breakDown(down: boolean) {
        isDown = down;
      },
    };
  }
  /** Restarts the server with these secrets. */
  function rotate(secret: string | readonly string[]) {
    current = startServer(options, secret);
  }
  return { orm, ...first, clock, connect, rotate, close };
}

/** A `localStorage` in memory. */
export class FakeWebStorage {
  readonly values = new Map<string, string>();
  getItem(key: string): string | null {
    return this.values.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.values.set(key, value);
  }
  removeItem(key: string): void {
    this.values.delete(key);
  }
}

/** An async storage, as in React Native. */
export function asyncStorage(values = new Map<string, string>()): DurinStorage {
  return {
    get: async (key) => values.get(key) ?? null,
    set: async (key, value) => void values.set(key, value),
    remove: async (key) => void values.delete(key),
  };
}
