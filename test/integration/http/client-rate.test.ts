import { createTRPCClient, httpBatchLink, httpBatchStreamLink } from '@trpc/client';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import superjson from 'superjson';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, openApp, password, requiredOptions, t } from '../../support/app.ts';
import { issueToken, type Served, type TestApp, type TestDurin } from '../adapters/adapter-app.ts';
import { listen } from '../adapters/node-server.ts';
import { parseLimits } from './structured-fields.ts';

let app: TestApp;
let served: Served;
beforeAll(async () => {
  app = await openApp();
  await app.durin.clients.update('web', { throttleRate: '2/m' });
  const throttle = { rate: '3/m' } as const; // for cli and api
  const durin = createDurin({ ...requiredOptions(app.orm), clients, now: app.clock, throttle, trustProxy: 1 });
  const { createContext, responseMeta } = durin;
  served = await listen(createHTTPServer({ router: createThrottledRouter(durin), createContext, responseMeta }));
});
beforeEach(() => app.clock.advance(86_400)); // ends all windows of the previous test
afterAll(async () => {
  await served.close();
  await app.close();
});

function createThrottledRouter({ durinRouter, authedProcedure, throttledProcedure }: TestDurin) {
  const search = throttledProcedure({ scope: 'search', rate: '2/m' });
  return t.router({
    auth: durinRouter,
    me: authedProcedure.query(({ ctx }) => ctx.user.username),
    search: search.query(({ ctx }) => ctx.user?.username ?? null),
    suggest: search.query(({ ctx }) => ctx.user?.username ?? null),
    oddlyNamed: throttledProcedure({ scope: 'a "b" \\c', rate: '5/h' }).query(() => 'done'),
    both: authedProcedure.concat(throttledProcedure({ scope: 'export', rate: '1/d' })).query(() => 'done'),
    open: t.procedure.query(() => 'welcome'),
  });
}

/** Concurrent calls go out in one request. */
function connect(token?: string, from = '203.0.113.1', link = httpBatchLink as typeof httpBatchStreamLink) {
  const responses: Response[] = [];
  const authorization = token === undefined ? {} : { authorization: `Token ${token}` };
  const client = createTRPCClient<ReturnType<typeof createThrottledRouter>>({
    links: [
      link({
        url: served.url,
        transformer: superjson,
        headers: { ...authorization, 'x-forwarded-for': from },
        async fetch(input, init) {
          const response = await fetch(input, init as RequestInit);
          responses.push(response);
          return response;
        },
      }),
    ],
  });
  /** What the last response says about limits. */
  function limits() {
    const { status, headers } = responses.at(-1) ?? Response.error();
    return {
      status,
      policy: parseLimits(headers.get('ratelimit-policy')),
      limit: parseLimits(headers.get('ratelimit')),
      retryAfter: headers.get('retry-after'),
    };
  }
  return { client, limits, responses };
}

const throttled = (retryAfter: number, scope = 'client') => ({
  data: { code: 'TOO_MANY_REQUESTS', httpStatus: 429, durin: { code: 'THROTTLED', retryAfter, scope } },
});

test("a client's rate is enforced, and reported with every response", async () => {
  const { client, limits, responses } = connect(await issueToken(app, 1, 'web'));
  await client.me.query();
  expect(responses[0]?.headers.get('ratelimit-policy')).toBe('"client";q=2;w=60');
  expect(responses[0]?.headers.get('ratelimit')).toBe('"client";r=1;t=60');
  app.clock.advance(20);
  await client.me.query();
  expect(limits()).toMatchObject({ status: 200, limit: [{ name: 'client', r: 0, t: 40 }], retryAfter: null });
  app.clock.advance(0.5);
  await expect(client.me.query()).rejects.toMatchObject(throttled(40));
  expect(limits()).toEqual({
    status: 429,
    policy: [{ name: 'client', q: 2, w: 60 }],
    limit: [{ name: 'client', r: 0, t: 40 }],
    retryAfter: '40',
  });
});

test('a window lasts to its last millisecond', async () => {
  const { client, limits } = connect(await issueToken(app, 1, 'web'));
  await client.me.query();
  await client.me.query();
  app.clock.advance(59.999);
  await expect(client.me.query()).rejects.toMatchObject(throttled(1));
  app.clock.advance(0.001);
  expect(await client.me.query()).toBe('alice');
  expect(limits()).toMatchObject({ limit: [{ name: 'client', r: 1, t: 60 }] });
});

test('neither a new token nor a new login resets the count', async () => {
  const first = connect(await issueToken(app, 1, 'web'));
  await first.client.me.query();
  await first.client.me.query();
  const second = connect(await issueToken(app, 1, 'web'));
  await expect(second.client.me.query()).rejects.toMatchObject(throttled(60));
  await second.client.auth.logout.mutate(); // a caller over the rate can still sign out
  const { token } = await connect().client.auth.login.mutate({ username: 'alice', password, client: 'web' });
  await expect(connect(token).client.me.query()).rejects.toMatchObject(throttled(60));
});

test('users and clients count apart; throttle.rate is the default', async () => {
  const web = connect(await issueToken(app, 1, 'web'));
  await web.client.me.query();
  await web.client.me.query();
  const cli = connect(await issueToken(app, 1, 'cli'));
  for (const left of [2, 1, 0]) {
    expect(await cli.client.me.query()).toBe('alice');
    expect(cli.limits()).toMatchObject({ policy: [{ q: 3, w: 60 }], limit: [{ r: left }] });
  }
  await expect(cli.client.me.query()).rejects.toMatchObject(throttled(60));
  expect(await connect(await issueToken(app, 2, 'web')).client.me.query()).toBe('bob');
  expect(await connect(await issueToken(app, 1, 'api')).client.me.query()).toBe('alice');
});

test('of a batch only the quota passes', async () => {
  for (const link of [httpBatchLink as typeof httpBatchStreamLink, httpBatchStreamLink]) {
    app.clock.advance(60);
    const { client, limits, responses } = connect(await issueToken(app, 1, 'web'), undefined, link);
    const calls = await Promise.allSettled(Array.from({ length: 5 }, () => client.me.query()));
    expect(calls.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(calls.filter(({ status }) => status === 'rejected')).toMatchObject(
      Array.from({ length: 3 }, () => ({ reason: throttled(60) })),
    );
    expect(responses).toHaveLength(1);
    const isStreamed = link === httpBatchStreamLink; // its headers were sent before its calls were counted
    expect(limits()).toMatchObject(
      isStreamed ? { status: 200, limit: [], retryAfter: null } : { status: 207, limit: [{ r: 0 }], retryAfter: '60' },
    );
  }
});

test('a changed rate applies from the next call on', async () => {
  const { client, limits } = connect(await issueToken(app, 1, 'api'));
  await client.me.query();
  await app.durin.clients.update('api', { throttleRate: '1/h' });
  await expect(client.me.query()).rejects.toMatchObject({ data: { durin: { code: 'THROTTLED' } } });
  await app.durin.clients.update('api', { throttleRate: '10/s' });
  await client.me.query();
  expect(limits()).toMatchObject({ status: 200, policy: [{ q: 10, w: 1 }], limit: [{ r: 8, t: 1 }] });
  await app.durin.clients.update('api', { throttleRate: null });
});

test('throttledProcedure counts per user, client and scope', async () => {
  const token = await issueToken(app, 1, 'web');
  const web = connect(token);
  await web.client.search.query();
  await web.client.suggest.query();
  await expect(web.client.search.query()).rejects.toMatchObject(throttled(60, 'search'));
  expect(web.limits()).toMatchObject({ policy: [{ name: 'search', q: 2, w: 60 }], limit: [{ r: 0 }] });
  const elsewhere = connect(token, '203.0.113.77');
  await expect(elsewhere.client.search.query()).rejects.toMatchObject(throttled(60, 'search'));
  expect(await connect(await issueToken(app, 1, 'cli')).client.search.query()).toBe('alice');
  expect(await connect(await issueToken(app, 2, 'web')).client.search.query()).toBe('bob');
  expect(await web.client.me.query()).toBe('alice'); // the client's own rate is another count
});

test('throttledProcedure counts per address without a token', async () => {
  const [here, there] = [connect(undefined, '203.0.113.1'), connect(undefined, '203.0.113.2')];
  expect(await here.client.search.query()).toBe(null);
  expect(await here.client.search.query()).toBe(null);
  await expect(here.client.search.query()).rejects.toMatchObject(throttled(60, 'search'));
  const forged = connect(undefined, '198.51.100.1, 203.0.113.1');
  await expect(forged.client.search.query()).rejects.toMatchObject(throttled(60, 'search'));
  expect(await there.client.search.query()).toBe(null);
  expect(await connect(await issueToken(app, 1, 'web')).client.search.query()).toBe('alice');
  await expect(connect('f'.repeat(64), '203.0.113.2').client.search.query()).rejects.toMatchObject({
    data: { durin: { code: 'INVALID_TOKEN' } },
  });
});

test('a response reports every limit of its calls in well-formed fields', async () => {
  const { client, limits, responses } = connect(await issueToken(app, 1, 'web'));
  await Promise.all([client.both.query(), client.oddlyNamed.query()]);
  expect(responses).toHaveLength(1);
  expect(limits().policy).toEqual(
    expect.arrayContaining([
      { name: 'client', q: 2, w: 60 },
      { name: 'export', q: 1, w: 86_400 },
      { name: 'a "b" \\c', q: 5, w: 3600 },
    ]),
  );
  expect(limits().limit).toHaveLength(3);
  await expect(client.both.query()).rejects.toMatchObject(throttled(86_400, 'export'));
  expect(limits()).toMatchObject({ retryAfter: '86400' });
});

test('a route without a limit has no RateLimit fields', async () => {
  const { client, limits } = connect(await issueToken(app, 1, 'web'));
  expect(await client.open.query()).toBe('welcome');
  expect(limits()).toEqual({ status: 200, policy: [], limit: [], retryAfter: null });
});
