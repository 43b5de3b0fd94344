import { afterAll, beforeAll } from 'vitest';
import { type CacheOptions, createDurin, type Duration } from '../../../src/index.ts';
import type { KeyOptions } from '../../../src/options/key-options.ts';
import { type Caller, openApp, requestOf, type requiredOptions, t } from '../app.ts';
import { recordEvents } from '../arena.ts';

export const scopes = ['read', 'write', 'admin'] as const;

type KeysApp = Awaited<ReturnType<typeof openApp>>;

/** An app for the tests of a file, whose durins have a client `api` with keys. */
export function useKeysApp() {
  let app: KeysApp;
  beforeAll(async () => {
    app = await openApp();
  });
  afterAll(() => app.close());
  return {
    get orm() {
      return app.orm;
    },
    get clock() {
      return app.clock;
    },
    get options() {
      return app.options;
    },
    /** A durin with these rules for keys, and alice, signed in on the web, who has no keys yet. */
    async enter(keys: KeyOptions = {}) {
      const durin = createKeysDurin(app, keys);
      await durin.clients.sync({ update: true });
      await durin.tokens.revokeAll({ user: 1 });
      const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
      const events = recordEvents(durin.events);
      const callAs = (caller: Caller) => createKeysRouter(durin).createCaller(durin.createContext(requestOf(caller)));
      const { auth } = callAs({ token });
      return { durin, events, callAs, token, keys: auth.keys, auth };
    },
  };
}

type Options = ReturnType<typeof requiredOptions> & {
  now?: () => number;
  cache?: CacheOptions;
  databaseTimeout?: Duration;
};

/** @param keys `null`: the tokens of `api` are sessions */
export function createKeysDurin({ options }: { options: Options }, keys: KeyOptions | null = {}) {
  return createDurin({
    ...options,
    tokenPrefix: 'acme_',
    scopes,
    scopesOf: ({ username }) => (username.endsWith('bob') ? ['read'] : 'all'),
    clients: {
      web: { tokenTtl: '14d', maxSessions: 20 },
      cli: { tokenTtl: null, scopes: ['read'] },
      api: { tokenTtl: '30d', scopes: ['read', 'write'], keys: keys ?? undefined },
    },
    throttle: { authRouter: null },
  });
}

export type KeysDurin = ReturnType<typeof createKeysDurin>;

export function createKeysRouter(durin: KeysDurin) {
  return t.router({
    auth: durin.durinRouter,
    read: durin.guardedProcedure({ scopes: ['read'] }).query(({ ctx }) => ctx.auth.id),
    write: durin.guardedProcedure({ scopes: ['write'] }).mutation(({ ctx }) => ctx.auth.id),
    either: durin.guardedProcedure({ anyScope: ['write', 'admin'] }).query(({ ctx }) => ctx.auth.id),
    me: durin.authedProcedure.query(({ ctx }) => ctx.auth.id),
    anyone: durin.optionalProcedure.query(({ ctx }) => ctx.auth?.id ?? null),
    search: durin.throttledProcedure({ scope: 'search', rate: '100/m' }).query(({ ctx }) => ctx.auth?.id ?? null),
    fromApi: durin.clientProcedure(['api']).query(({ ctx }) => ctx.auth.id),
    open: durin.procedure.query(() => 'open'),
  });
}

/** What a refusal is to match. */
export const refusal = (code: string, data: object = {}) => ({ durin: { code, ...data } });
