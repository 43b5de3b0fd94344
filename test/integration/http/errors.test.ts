import { createTRPCClient, httpLink, safe } from '@trpc/client';
import { initTRPC, TRPCError } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { createDurin, type DurinContext, type DurinErrorData } from '../../../src/index.ts';
import { clients, openApp, requiredOptions } from '../../support/app.ts';
import { credentials, issueToken, type Served, type TestApp } from '../adapters/adapter-app.ts';
import { listen } from '../adapters/node-server.ts';

let app: TestApp;
let token: string;
beforeAll(async () => {
  app = await openApp();
  token = await issueToken(app, 1, 'web');
});
afterAll(() => app.close());

/** An app with its own errorFormatter. Its verifyCredentials throws for the user `trouble`. */
function createTroubledRouter(isDev: boolean) {
  const { verifyCredentials, ...options } = requiredOptions(app.orm);
  const durin = createDurin({
    ...options,
    clients,
    now: app.clock,
    async verifyCredentials(args) {
      if (args.input.username === 'trouble') throw new Error('ldap://10.0.0.7 refused the bind of cn=durin');
      return verifyCredentials(args);
    },
  });
  const t = initTRPC.context<DurinContext>().create({
    isDev,
    errorFormatter: ({ shape, error }) => ({ ...shape, data: { ...shape.data, ours: error.code } }),
  });
  const router = t.router({
    auth: durin.durinRouter,
    me: durin.authedProcedure.query(({ ctx }) => ctx.user.username),
    report: t.procedure.concat(durin.authedProcedure).query(({ ctx }) => ctx.user.username),
    cliOnly: t.procedure.concat(durin.clientProcedure(['cli'])).query(({ ctx }) => ctx.auth.client.name),
    full: durin.authedProcedure.query((): string => {
      throw new TRPCError({ code: 'CONFLICT', message: 'The disk is full.' });
    }),
    fullReport: t.procedure.concat(durin.authedProcedure).query((): string => {
      throw new TRPCError({ code: 'CONFLICT', message: 'The disk is full.' });
    }),
    open: t.procedure.query((): string => {
      throw new TRPCError({ code: 'CONFLICT', message: 'The disk is full.' });
    }),
  });
  return { durin, router };
}
type TroubledRouter = ReturnType<typeof createTroubledRouter>['router'];

describe.each([false, true])('in an app with its own errorFormatter and isDev %s', (isDev) => {
  let served: Served;
  beforeAll(async () => {
    const { durin, router } = createTroubledRouter(isDev);
    const { createContext, responseMeta } = durin;
    served = await listen(createHTTPServer({ router, createContext, responseMeta }));
  });
  afterAll(() => served.close());

  function connectAs(presented?: string) {
    const bodies: string[] = [];
    const client = createTRPCClient<TroubledRouter>({
      links: [
        httpLink({
          url: served.url,
          headers: presented === undefined ? {} : { authorization: `Token ${presented}` },
          async fetch(input, init) {
            const response = await fetch(input, init as RequestInit);
            bodies.push(await response.clone().text());
            return response;
          },
        }),
      ],
    });
    return { client, bodies };
  }

  test.each(['me', 'report', 'cliOnly', 'full'] as const)(
    '%s refuses with the data and without a stack',
    async (name) => {
      const { client, bodies } = connectAs();
      const [, refusal] = await safe(client[name].query());
      expect(refusal?.data).toEqual({
        code: 'UNAUTHORIZED',
        httpStatus: 401,
        path: name,
        durin: { code: 'NO_CREDENTIALS' },
      });
      expect(refusal?.message).toBe('Authentication credentials were not provided.');
      expect(bodies.join('')).not.toMatch(/stack|node_modules|\.ts/);
    },
  );

  test('the error data is typed, also for concatenated builders', async () => {
    const [, direct] = await safe(connectAs().client.me.query());
    expectTypeOf(direct?.data?.durin).toEqualTypeOf<DurinErrorData | undefined>();
    const [, refusal] = await safe(connectAs(token).client.cliOnly.query());
    const facts = refusal?.data && 'durin' in refusal.data ? refusal.data.durin : undefined;
    expectTypeOf(facts).toEqualTypeOf<DurinErrorData | undefined>();
    expect(facts).toEqual({ code: 'CLIENT_NOT_ALLOWED' });
  });

  test('the auth router refuses with the data and without a stack', async () => {
    const { client, bodies } = connectAs();
    const [, refusal] = await safe(client.auth.login.mutate({ ...credentials, password: 'wrong' }));
    expectTypeOf(refusal?.data?.durin).toEqualTypeOf<DurinErrorData | undefined>();
    expect(refusal?.data).toEqual({
      code: 'UNAUTHORIZED',
      httpStatus: 401,
      path: 'auth.login',
      durin: { code: 'INVALID_CREDENTIALS' },
    });
    expect(bodies.join('')).not.toMatch(/stack|node_modules|\.ts|wrong/);
  });

  test.each(['full', 'fullReport', 'open'] as const)(
    "the app's own errors in %s keep the app's shape",
    async (name) => {
      const { client } = connectAs(token);
      const [, refusal] = await safe(client[name].query());
      expect(refusal?.message).toBe('The disk is full.');
      expect(refusal?.data).toMatchObject({ code: 'CONFLICT', ours: 'CONFLICT' });
      expect(refusal?.data).not.toHaveProperty('durin');
      expect('stack' in (refusal?.data ?? {})).toBe(isDev);
    },
  );

  test('an error thrown by a callback is hidden from the caller', async () => {
    const { client, bodies } = connectAs();
    const [, refusal] = await safe(client.auth.login.mutate({ ...credentials, username: 'trouble' }));
    expect(refusal?.data).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', httpStatus: 500 });
    expect(bodies.join('')).not.toMatch(/ldap|10\.0\.0\.7|cn=durin/);
  });
});
