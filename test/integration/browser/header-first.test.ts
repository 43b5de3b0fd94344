import { initTRPC } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin, type DurinContext } from '../../../src/index.ts';
import type { Served } from '../adapters/adapter-app.ts';
import { listen } from '../adapters/node-server.ts';
import { type BrowserApp, createBrowserRouter, createCookieDurin, credentials, openBrowserApp } from './browser-app.ts';
import { openPage } from './fake-browser.ts';
import { serveByFetch } from './serve-by-fetch.ts';

let app: BrowserApp;
let served: Served;
let tokens: string[];
beforeAll(async () => {
  app = await openBrowserApp();
  served = await listen(createHTTPServer({ ...app.durin, router: app.router }));
  const users = [1, 2] as const;
  const issued = await Promise.all(users.map((user) => app.durin.tokens.issue({ user, client: 'api' })));
  tokens = issued.map(({ token }) => token);
});
afterAll(async () => {
  await served.close();
  await app.close();
});

/** What identifies an answer: all of it, but for what differs between any two. */
async function answerOf(path: string, method: string, headers: Record<string, string>) {
  const { url, send } = serveByFetch({ ...app.durin, router: app.router });
  const page = openPage(url, send, {});
  const { status, headers: answered, text } = await page.fetch(path, { method, headers });
  return { status, text, headers: [...answered].filter(([name]) => !['date', 'ratelimit'].includes(name)) };
}

test('a cookie changes nothing in the answer to a request with a header', async () => {
  const [alice = '', bob = ''] = tokens;
  const header = fc.constantFrom(
    `Token ${alice}`,
    `Bearer ${bob}`,
    `Token ${'f'.repeat(64)}`,
    'Token',
    'Token a b',
    'Basic YTpi',
    'Digest',
  );
  const value = fc.constantFrom(alice, bob, 'f'.repeat(64), '', 'a b', `${alice}; __Host-durin=${bob}`);
  const call = fc.constantFrom(['me', 'GET'], ['maybe', 'GET'], ['publish', 'POST'], ['auth.session', 'GET']);
  const site = fc.constantFrom({}, { 'sec-fetch-site': 'same-origin' }, { origin: 'https://evil.example' });
  await fc.assert(
    fc.asyncProperty(header, value, call, site, async (authorization, cookie, [path = '', method = ''], page) => {
      const without = await answerOf(path, method, { ...page, authorization });
      const withCookie = await answerOf(path, method, { ...page, authorization, cookie: `__Host-durin=${cookie}` });
      expect(withCookie).toEqual(without);
    }),
    { numRuns: 200 },
  );
});

test('a header of a scheme that is not read hides the cookie, too', async () => {
  const page = openPage(served.url);
  await page.mutate('auth.login', credentials);
  expect(await page.query('me')).toEqual({ data: 'alice' });
  for (const authorization of ['Basic YTpi', ''])
    expect(await page.query('me', { authorization })).toEqual({ refused: 'NO_CREDENTIALS' });
});

test('apiKeyHeader hides the cookie', async () => {
  const durin = createCookieDurin(app, { apiKeyHeader: 'x-api-key' });
  const { url, send } = serveByFetch({ ...durin, router: createBrowserRouter(durin) });
  const page = openPage(url, send);
  const [, bob = ''] = tokens;
  await page.mutate('auth.login', credentials);
  expect(await page.query('me')).toEqual({ data: 'alice' });
  expect(await page.query('me', { 'x-api-key': bob })).toEqual({ data: 'bob' });
  expect(await page.query('me', { 'x-api-key': 'a b' })).toEqual({ refused: 'MALFORMED_HEADER' });
});

test('an app without such a client reads no cookie', async () => {
  const durin = createDurin({ ...app.options, serializeUser: (user) => ({ name: user.username }) });
  const router = initTRPC
    .context<DurinContext>()
    .create()
    .router({ auth: durin.durinRouter, me: durin.authedProcedure.query(({ ctx }) => ctx.user.username) });
  const { url, send } = serveByFetch({ ...durin, router });
  const page = openPage(url, send, {});
  for (const name of ['__Host-durin', 'durin']) page.jar.set(name, tokens[0] ?? '');
  expect(await page.query('me')).toEqual({ refused: 'NO_CREDENTIALS' });
  const { data } = await page.mutate('auth.login', credentials);
  expect(data).toMatchObject({ token: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(page.received).toEqual([]);
  await durin.close();
});

test('two durins on one host have a cookie each', async () => {
  const staff = createCookieDurin(app, {
    cookies: { name: '__Host-staff' },
    secret: 'the secret of those who work here',
  });
  const t = initTRPC.context<DurinContext>().create({ isDev: false });
  const router = t.router({
    staff: staff.durinRouter,
    guests: app.durin.durinRouter,
    staffName: staff.authedProcedure.query(({ ctx }) => ctx.user.username),
    guestName: app.durin.authedProcedure.query(({ ctx }) => ctx.user.username),
  });
  const { url, send } = serveByFetch({ ...app.durin, router }); // one context for both
  const page = openPage(url, send);
  await page.mutateAll([
    ['staff.login', credentials],
    ['guests.login', { ...credentials, username: 'bob' }],
  ]);
  expect([...page.jar.keys()].toSorted()).toEqual(['__Host-durin', '__Host-staff']);
  expect(await page.query('staffName')).toEqual({ data: 'alice' });
  expect(await page.query('guestName')).toEqual({ data: 'bob' });
  await page.mutate('staff.logout');
  expect(await page.query('staffName')).toEqual({ refused: 'NO_CREDENTIALS' });
  expect(await page.query('guestName')).toEqual({ data: 'bob' });
});
