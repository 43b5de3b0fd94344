import { createTRPCClient, httpBatchLink, httpBatchStreamLink, httpLink, safe } from '@trpc/client';
import { initTRPC, lazy, TRPCError } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin, type DurinContext, DurinError } from '../../../src/index.ts';
import { clients, openApp, requiredOptions } from '../../support/app.ts';
import { credentials, type Served, type TestApp } from '../adapters/adapter-app.ts';
import { listen } from '../adapters/node-server.ts';

let app: TestApp;
let durin: ReturnType<typeof createBearerDurin>;
let served: Served;
const logged: unknown[] = [];
beforeAll(async () => {
  app = await openApp();
  durin = createBearerDurin();
  served = await listen(
    createHTTPServer({
      router: createBearerRouter(),
      createContext: durin.createContext,
      responseMeta: durin.responseMeta,
      onError: ({ error }) => logged.push(error),
    }),
  );
});
afterAll(async () => {
  await served.close();
  await app.close();
});

function createBearerDurin() {
  return createDurin({
    ...requiredOptions(app.orm),
    clients,
    scopes: ['read', 'write', 'billing'],
    now: app.clock,
    authHeaderPrefix: 'Bearer',
    apiAccess: { clientName: 'api' },
  });
}

function createBearerRouter() {
  const t = initTRPC.context<DurinContext>().create({ isDev: false });
  return t.router({
    auth: durin.durinRouter,
    lazyAuth: lazy(async () => durin.durinRouter),
    me: durin.authedProcedure.query(({ ctx }) => ctx.user.username),
    publish: durin.authedProcedure.mutation(({ ctx }) => ctx.user.username),
    erase: durin.guardedProcedure({ fresh: '10m' }).mutation(({ ctx }) => ctx.user.username),
    eraseNow: durin.guardedProcedure({ fresh: '30s' }).mutation(({ ctx }) => ctx.user.username),
    cliOnly: durin.clientProcedure(['cli']).query(({ ctx }) => ctx.user.username),
    pay: durin.scopedProcedure(['billing']).mutation(() => 'paid'),
    edit: durin.scopedProcedure(['read', 'write', 'billing']).mutation(() => 'edited'),
    vault: t.procedure.query((): string => {
      throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Not without the second factor.' });
    }),
    open: t.procedure.mutation(() => 'welcome'),
  });
}
type BearerRouter = ReturnType<typeof createBearerRouter>;

const links = { httpLink, httpBatchLink, httpBatchStreamLink };

function connect(authorization?: string, link: keyof typeof links = 'httpLink') {
  const responses: Response[] = [];
  const options = {
    url: served.url,
    headers: authorization === undefined ? {} : { authorization },
    async fetch(input: URL | string, init?: object) {
      const response = await fetch(input, init);
      responses.push(response);
      return response;
    },
  };
  const client = createTRPCClient<BearerRouter>({ links: [links[link](options)] });
  return { client, header: (name: string) => responses[0]?.headers.get(name) ?? null, responses };
}

function challengeOf(missing: readonly string[]): string | null {
  const errors = [new DurinError('INSUFFICIENT_SCOPE', { missing })];
  return durin.responseMeta({ errors }).headers.get('www-authenticate');
}

async function issueHeader(ttl: '1h' | '1d' = '1d', client: 'web' | 'cli' = 'web'): Promise<string> {
  const { token } = await durin.tokens.issue({ user: 1, client, ttl });
  return `Bearer ${token}`;
}

const plain = 'Bearer realm="api"';
const withError = 'Bearer realm="api", error="invalid_token"';

test.each([
  ['nothing', undefined, plain],
  ['another scheme', `Token ${'f'.repeat(64)}`, plain],
  ['a forged token', `Bearer ${'f'.repeat(64)}`, withError],
  ['the scheme alone', 'Bearer', withError],
])('the challenge for %s has an error only with a token', async (_, header, challenge) => {
  const connection = connect(header);
  await safe(connection.client.me.query());
  expect(connection.responses[0]?.status).toBe(401);
  expect(connection.header('www-authenticate')).toBe(challenge);
});

test('the first scheme of a list is announced', () => {
  const both = createDurin({ ...requiredOptions(app.orm), authHeaderPrefix: ['Bearer', 'Token'] });
  const errors = [new TRPCError({ code: 'UNAUTHORIZED' })];
  expect(both.responseMeta({ errors }).headers.get('www-authenticate')).toBe(plain);
});

test('an expired token has a challenge with an error', async () => {
  const connection = connect(await issueHeader('1h'));
  app.clock.advance(3600);
  await safe(connection.client.me.query());
  expect(connection.header('www-authenticate')).toBe(withError);
});

test('a refused login has a challenge without an error', async () => {
  const connection = connect();
  await safe(connection.client.auth.login.mutate({ ...credentials, password: 'wrong' }));
  expect(connection.responses[0]?.status).toBe(401);
  expect(connection.header('www-authenticate')).toBe(plain);
});

test("the app's own 401 also has the challenge that RFC 9110 requires", async () => {
  const connection = connect(await issueHeader());
  await safe(connection.client.vault.query());
  expect(connection.responses[0]?.status).toBe(401);
  expect(connection.header('www-authenticate')).toBe(plain);
});

test('a call refused to the client has a challenge of insufficient scope', async () => {
  const connection = connect(await issueHeader());
  await safe(connection.client.cliOnly.query());
  expect(connection.responses[0]?.status).toBe(403);
  expect(connection.header('www-authenticate')).toBe(`${plain}, error="insufficient_scope"`);
});

test('a token without a scope has a challenge that names the scopes', async () => {
  const { token } = await durin.tokens.issue({ user: 1, client: 'web', scopes: ['read'] });
  const connection = connect(`Bearer ${token}`, 'httpBatchLink');
  await Promise.all([safe(connection.client.pay.mutate()), safe(connection.client.edit.mutate())]);
  expect(connection.responses.map(({ status }) => status)).toEqual([403]);
  expect(connection.header('www-authenticate')).toBe(`${plain}, error="insufficient_scope", scope="billing write"`);
});

test('a challenge names no scopes if no scope would help, or too many', () => {
  expect(challengeOf([])).toBe(`${plain}, error="insufficient_scope"`);
  expect(challengeOf(Array.from({ length: 256 }, (_, index) => `scope-${index}`))).toBe(
    `${plain}, error="insufficient_scope"`,
  );
});

test('a session that is not fresh has the challenge of RFC 9470', async () => {
  const connection = connect(await issueHeader(), 'httpBatchLink');
  await Promise.all([safe(connection.client.erase.mutate()), safe(connection.client.eraseNow.mutate())]);
  expect(connection.responses.map(({ status }) => status)).toEqual([401]);
  expect(connection.header('www-authenticate')).toBe(`${plain}, error="insufficient_user_authentication", max_age=30`);
});

test('other responses have no challenge', async () => {
  const connection = connect(await issueHeader());
  await connection.client.me.query();
  expect(connection.header('www-authenticate')).toBeNull();
});

test('a partly refused batch is a 207 with the challenge', async () => {
  const connection = connect(`Bearer ${'f'.repeat(64)}`, 'httpBatchLink');
  const wrong = { ...credentials, password: 'wrong' };
  const calls = await Promise.all([
    safe(connection.client.auth.login.mutate(wrong)),
    safe(connection.client.publish.mutate()),
    safe(connection.client.open.mutate()),
  ]);
  expect(calls.map(([, error]) => (error?.data && 'durin' in error.data ? error.data.durin?.code : null))).toEqual([
    'INVALID_CREDENTIALS',
    'INVALID_TOKEN',
    null,
  ]);
  expect(connection.responses.map(({ status }) => status)).toEqual([207]);
  expect(connection.header('www-authenticate')).toBe(withError);
});

test('only responses of the auth router are no-store', async () => {
  const header = await issueHeader('1d', 'cli');
  for (const call of [
    (client: BearerClient) => client.auth.login.mutate(credentials),
    (client: BearerClient) => client.auth.refresh.mutate(),
    (client: BearerClient) => client.auth.sessions.list.query(),
    (client: BearerClient) => client.auth.apiAccess.create.mutate(),
    (client: BearerClient) => client.lazyAuth.login.mutate(credentials),
    (client: BearerClient) => client.auth.login.mutate({ ...credentials, password: 'wrong' }),
  ]) {
    const connection = connect(header);
    await call(connection.client).catch(() => null);
    expect(connection.header('cache-control')).toBe('no-store');
  }
  const connection = connect(header);
  await connection.client.me.query();
  expect(connection.header('cache-control')).toBe(null);
});

test('one login makes a whole batch no-store', async () => {
  for (const link of ['httpBatchLink', 'httpBatchStreamLink'] as const) {
    const connection = connect(undefined, link);
    await Promise.all([connection.client.open.mutate(), connection.client.auth.login.mutate(credentials)]);
    expect(connection.responses).toHaveLength(1);
    expect(connection.header('cache-control')).toBe('no-store');
  }
});

test('a streamed refusal has its data in the error only', async () => {
  logged.length = 0;
  const connection = connect(undefined, 'httpBatchStreamLink');
  const [[, refusal], [answer]] = await Promise.all([
    safe(connection.client.publish.mutate()),
    safe(connection.client.open.mutate()),
  ]);
  expect(refusal?.data?.durin).toEqual({ code: 'NO_CREDENTIALS' });
  expect(answer).toBe('welcome');
  expect(connection.responses.map(({ status }) => status)).toEqual([200]);
  expect(logged).toMatchObject([{ durin: { code: 'NO_CREDENTIALS' } }]);
});

test('a request that fails before the context is left to tRPC', async () => {
  const response = await fetch(`${served.url}/%E0%A4%A`);
  expect(response.status).toBe(400);
  expect(durin.responseMeta({ ctx: undefined, errors: [] }).headers).toEqual(new Headers());
});

type BearerClient = ReturnType<typeof connect>['client'];
