import { createTRPCClient, httpBatchLink, httpBatchStreamLink } from '@trpc/client';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import superjson from 'superjson';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, openApp, requiredOptions, t } from '../../support/app.ts';
import { credentials, issueToken, type Served, type TestApp } from '../adapters/adapter-app.ts';
import { listen } from '../adapters/node-server.ts';

let app: TestApp;
let served: Served;
let hooks: Hooks;
beforeAll(async () => {
  app = await openApp();
  const { router, createContext, responseMeta } = createBatchApp();
  served = await listen(createHTTPServer({ router, createContext, responseMeta }));
});
beforeEach(() => {
  hooks = {};
});
afterAll(async () => {
  await served.close();
  await app.close();
});

/** Lets a test delay calls and wait for them. */
interface Hooks {
  /** Runs before a call of `late` reaches durin. */
  beforeLate?: () => Promise<void>;
  onPublish?: () => void;
  /** Runs after this user's password has been verified. */
  afterVerify?: (username: string) => Promise<void> | void;
  afterLogin?: () => void;
}

function createBatchApp() {
  const { verifyCredentials, ...options } = requiredOptions(app.orm);
  const { durinRouter, authedProcedure, createContext, responseMeta } = createDurin({
    ...options,
    clients,
    now: app.clock,
    async verifyCredentials(args) {
      const user = await verifyCredentials(args);
      await hooks.afterVerify?.(args.input.username);
      return user;
    },
    loginResponse() {
      hooks.afterLogin?.();
      return {};
    },
  });
  const heldBack = t.procedure.use(async function holdBack({ next }) {
    await hooks.beforeLate?.();
    return next();
  });
  const router = t.router({
    auth: durinRouter,
    me: authedProcedure.query(({ ctx }) => ctx.user.username),
    publish: authedProcedure.mutation(({ ctx }) => {
      hooks.onPublish?.();
      return ctx.user.username;
    }),
    until: authedProcedure.mutation(({ ctx }) => ctx.auth.expiry),
    late: heldBack.concat(authedProcedure).mutation(({ ctx }) => ctx.user.username),
  });
  return { router, createContext, responseMeta };
}

/** The look-ups that the work causes, from MikroORM's log. */
async function lookUpsOf(work: () => Promise<unknown>): Promise<string[]> {
  const logger = app.orm.config.getLogger();
  const statements: string[] = [];
  const spy = vi.spyOn(logger, 'logQuery').mockImplementation(({ query = '' }) => {
    statements.push(query);
  });
  logger.setDebugMode(['query']);
  try {
    await work();
  } finally {
    logger.setDebugMode(false);
    spy.mockRestore();
  }
  return statements.filter((statement) => statement.startsWith('select'));
}

const refusedWith = (code: string) => ({ status: 'rejected', reason: { data: { durin: { code } } } });
const answered = <T>(value: T) => ({ status: 'fulfilled', value });

describe.each([
  ['httpBatchLink', httpBatchLink],
  ['httpBatchStreamLink', httpBatchStreamLink],
])('one request of %s', (_, link) => {
  /** Calls made in the same tick are sent in one request. */
  function connect(token?: string) {
    const requests = vi.fn<typeof fetch>((input, init) => fetch(input, init));
    const client = createTRPCClient<ReturnType<typeof createBatchApp>['router']>({
      links: [
        link({
          url: served.url,
          transformer: superjson,
          headers: token === undefined ? {} : { authorization: `Token ${token}` },
          fetch: (input, init) => requests(input, init as RequestInit),
        }),
      ],
    });
    return { client, requests };
  }

  test('ten guarded calls share one look-up', async () => {
    const { client, requests } = connect(await issueToken(app, 1, 'api'));
    const statements = await lookUpsOf(async () => {
      const names = await Promise.all(Array.from({ length: 10 }, () => client.me.query()));
      expect(names).toEqual(Array(10).fill('alice'));
    });
    expect(requests).toHaveBeenCalledTimes(1);
    expect(statements).toHaveLength(1);
  });

  test('calls that reach durin at different times share the look-up', async () => {
    const { client, requests } = connect(await issueToken(app, 1, 'api'));
    const published = Promise.withResolvers<void>();
    hooks = { beforeLate: () => published.promise, onPublish: published.resolve };
    const statements = await lookUpsOf(async () => {
      expect(await Promise.all([client.late.mutate(), client.publish.mutate()])).toEqual(['alice', 'alice']);
    });
    expect(requests).toHaveBeenCalledTimes(1);
    expect(statements).toHaveLength(1);
  });

  test('a guarded call after a login uses the new session', async () => {
    for (const token of [undefined, await issueToken(app, 2, 'cli'), 'f'.repeat(64)]) {
      const { client, requests } = connect(token);
      const [login, name] = await Promise.all([client.auth.login.mutate(credentials), client.publish.mutate()]);
      expect(login.token).toHaveLength(64);
      expect(name).toBe('alice');
      expect(requests).toHaveBeenCalledTimes(1);
    }
  });

  test('a guarded call before a login does not use its session', async () => {
    const { client } = connect();
    const calls = await Promise.allSettled([client.publish.mutate(), client.auth.login.mutate(credentials)]);
    expect(calls).toMatchObject([refusedWith('NO_CREDENTIALS'), { status: 'fulfilled' }]);
  });

  test('each guarded call uses the session of the last login before it', async () => {
    const bobIsIn = Promise.withResolvers<void>();
    hooks = {
      afterVerify: (username) => (username === 'alice' ? bobIsIn.promise : undefined),
      afterLogin: bobIsIn.resolve,
    };
    const { client, requests } = connect();
    const [, alice, , bob] = await Promise.all([
      client.auth.login.mutate(credentials),
      client.publish.mutate(),
      client.auth.login.mutate({ ...credentials, username: 'bob' }),
      client.publish.mutate(),
    ]);
    expect([alice, bob]).toEqual(['alice', 'bob']);
    expect(requests).toHaveBeenCalledTimes(1);
  });

  test('a failed login does not affect the calls after it', async () => {
    const { client } = connect(await issueToken(app, 2, 'cli'));
    const calls = await Promise.allSettled([
      client.auth.login.mutate({ ...credentials, password: 'wrong' }),
      client.publish.mutate(),
    ]);
    expect(calls).toMatchObject([refusedWith('INVALID_CREDENTIALS'), answered('bob')]);
  });

  test.each(['logout', 'logoutAll'] as const)(
    'a guarded call passes before %s and is refused after it',
    async (end) => {
      const { client, requests } = connect(await issueToken(app, 1, 'web'));
      const calls = await Promise.allSettled([
        client.publish.mutate(),
        client.auth[end].mutate(),
        client.publish.mutate(),
        client.auth.refresh.mutate(),
      ]);
      expect(calls).toMatchObject([
        answered('alice'),
        { status: 'fulfilled' },
        refusedWith('INVALID_TOKEN'),
        refusedWith('INVALID_TOKEN'),
      ]);
      expect(requests).toHaveBeenCalledTimes(1);
    },
  );

  test('a login after a logout starts a new session', async () => {
    const { client } = connect(await issueToken(app, 1, 'web'));
    const calls = await Promise.allSettled([
      client.auth.logout.mutate(),
      client.publish.mutate(),
      client.auth.login.mutate({ ...credentials, username: 'bob' }),
      client.publish.mutate(),
    ]);
    expect(calls).toMatchObject([
      { status: 'fulfilled' },
      refusedWith('INVALID_TOKEN'),
      { status: 'fulfilled' },
      answered('bob'),
    ]);
  });

  test.each(['logout', 'logoutAll'] as const)('a login of the same user after %s signs in again', async (end) => {
    const { client } = connect(await issueToken(app, 1, 'web'));
    const calls = await Promise.allSettled([
      client.auth[end].mutate(),
      client.auth.login.mutate({ ...credentials, username: 'alice' }),
      client.publish.mutate(),
    ]);
    expect(calls).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }, answered('alice')]);
  });

  test('only guarded calls after a refresh see the new expiry', async () => {
    const { token, auth } = await app.durin.tokens.issue({ user: 1, client: 'web' });
    app.clock.advance(3600);
    const { client } = connect(token);
    const calls = await Promise.all([client.until.mutate(), client.auth.refresh.mutate(), client.until.mutate()]);
    const day = new Date(app.clock() + 86_400_000);
    expect(calls).toEqual([auth.expiry, { expiry: day }, day]);
  });

  test('a delayed call keeps the session of its position', async () => {
    const loggedIn = Promise.withResolvers<void>();
    hooks = { beforeLate: () => loggedIn.promise, afterLogin: loggedIn.resolve };
    const { client } = connect(await issueToken(app, 2, 'cli'));
    const [name] = await Promise.all([client.late.mutate(), client.auth.login.mutate(credentials)]);
    expect(name).toBe('bob');
  });
});
