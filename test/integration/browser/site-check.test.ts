import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordEvents } from '../../support/arena.ts';
import type { Served } from '../adapters/adapter-app.ts';
import { listen } from '../adapters/node-server.ts';
import { type BrowserApp, createBrowserRouter, createCookieDurin, credentials, openBrowserApp } from './browser-app.ts';
import { openPage } from './fake-browser.ts';

let app: BrowserApp;
let served: Served;
/** A cookie of alice, as her browser would send it. */
let cookie: string;
beforeAll(async () => {
  app = await openBrowserApp();
  served = await serve(app);
  const { token } = await app.durin.tokens.issue({ user: 1, client: 'web' });
  cookie = `__Host-durin=${token}`;
});
afterAll(async () => {
  await served.close();
  await app.close();
});

function serve({ router, durin }: Pick<BrowserApp, 'router' | 'durin'>) {
  const { createContext, responseMeta } = durin;
  return listen(createHTTPServer({ router, createContext, responseMeta }));
}

async function withOptions<T>(
  options: Parameters<typeof createCookieDurin>[1],
  run: (url: string) => Promise<T>,
): Promise<T> {
  const durin = createCookieDurin(app, options);
  const other = await serve({ durin, router: createBrowserRouter(durin) });
  try {
    return await run(other.url);
  } finally {
    await other.close();
  }
}

/** A page that sends these headers, in place of those of a page of the same origin. */
const pageWith = (headers: Record<string, string>, url = served.url) => openPage(url, undefined, headers);

const refused = { refused: 'CROSS_SITE' };
const evil = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
const ofSubDomain = { origin: 'https://evil.app.localhost', 'sec-fetch-site': 'same-site' };

describe.each<[what: string, headers: Record<string, string>]>([
  ['a page of another site', evil],
  ['the same, from a browser without Sec-Fetch-Site', { origin: evil.origin }],
  ['a page of a sub-domain', ofSubDomain],
  ['a sandboxed frame', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ['a page whose browser sends neither header', {}],
])('%s', (_what, headers) => {
  test('cannot make a change with the cookie', async () => {
    const page = pageWith({ ...headers, cookie });
    expect(await page.mutate('publish')).toEqual(refused);
    expect(await page.mutate('auth.logout')).toEqual(refused);
    expect(await page.mutate('auth.logoutAll')).toEqual(refused);
    expect(await page.mutate('auth.refresh')).toEqual(refused);
    expect(await page.mutate('auth.sessions.revokeOthers')).toEqual(refused);
    expect(await page.mutateAll([['publish'], ['auth.logout']])).toEqual([refused, refused]);
    expect(page.received).toEqual([]);
  });

  test('cannot make a change with a form', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const text = { 'content-type': 'text/plain' };
    for (const type of [form, text])
      expect(
        (await pageWith({ ...headers, cookie, ...type }).fetch('publish', { method: 'POST', body: '' })).status,
      ).toBeGreaterThanOrEqual(400);
  });

  test('cannot subscribe with the cookie', async () => {
    const { text } = await pageWith({ ...headers, cookie }).fetch('watch', { method: 'GET' });
    expect(text).toContain('CROSS_SITE');
    expect(text).not.toContain('alice');
  });

  test('can make a browser read, but does not see the answer', async () => {
    const { text, headers: answered } = await pageWith({ ...headers, cookie }).fetch('me', { method: 'GET' });
    expect(text).toContain('alice');
    expect(answered.get('access-control-allow-origin')).toBeNull();
    expect(answered.get('cache-control')).toBe('private');
  });

  test('cannot sign the user in as somebody else', async () => {
    const page = pageWith(headers);
    expect(await page.mutate('auth.login', credentials)).toEqual(refused);
    expect(await page.mutate('auth.login', { ...credentials, password: 'wrong' })).toEqual(refused);
    expect(page.received).toEqual([]);
  });

  test('can log in to a client that has its token in a header', async () => {
    const { data } = await pageWith(headers).mutate('auth.login', { ...credentials, client: 'cli' });
    const { token } = data as { token: string };
    const page = pageWith({ ...headers, cookie, authorization: `Token ${token}` });
    expect(await page.mutate('publish')).toEqual({ data: 'alice' });
    expect(page.received).toEqual([]);
  });
});

test('a page of the server itself may, also without Sec-Fetch-Site', async () => {
  const { host } = new URL(served.url);
  for (const headers of [{ 'sec-fetch-site': 'same-origin' }, { origin: `http://${host}` }]) {
    const page = pageWith({ ...headers, cookie });
    expect(await page.mutate('publish')).toEqual({ data: 'alice' });
    expect((await page.fetch('watch', { method: 'GET' })).text).toContain('alice');
  }
});

test('a page of a listed origin may', async () => {
  await withOptions({ cookies: { allowedOrigins: ['https://app.example.com'] } }, async (url) => {
    const listed = { origin: 'https://app.example.com', 'sec-fetch-site': 'cross-site' };
    expect(await pageWith({ ...listed, cookie }, url).mutate('publish')).toEqual({ data: 'alice' });
    const login = { ...credentials, username: 'bob' };
    expect(await pageWith(listed, url).mutate('auth.login', login)).toMatchObject({ data: { token: null } });
    expect(await pageWith({ ...evil, cookie }, url).mutate('publish')).toEqual(refused);
  });
});

test('behind a proxy its X-Forwarded-Host is the own host, if it is trusted', async () => {
  const headers = { origin: 'https://app.example.com', 'x-forwarded-host': 'app.example.com', cookie };
  expect(await pageWith(headers).mutate('publish')).toEqual(refused);
  await withOptions({ trustProxy: 1 }, async (url) => {
    expect(await pageWith(headers, url).mutate('publish')).toEqual({ data: 'alice' });
    expect(await pageWith({ ...headers, origin: evil.origin }, url).mutate('publish')).toEqual(refused);
  });
});

test('a cookie that a sub-domain has added is refused', async () => {
  await withOptions({ cookies: { name: 'sid' } }, async (url) => {
    const tokens = await Promise.all([1, 2].map((user) => app.durin.tokens.issue({ user, client: 'web' })));
    const tossed = tokens.map(({ token }) => `sid=${token}`).join('; ');
    const page = pageWith({ 'sec-fetch-site': 'same-origin', cookie: tossed }, url);
    expect(await page.query('me')).toEqual({ refused: 'MALFORMED_HEADER' });
    expect(await page.mutate('publish')).toEqual({ refused: 'MALFORMED_HEADER' });
    expect(await page.query('auth.session')).toEqual({ data: null });
  });
});

test('a refusal is reported as an event', async () => {
  const durin = createCookieDurin(app);
  const events = recordEvents(durin.events);
  const other = await serve({ durin, router: createBrowserRouter(durin) });
  await pageWith({ ...evil, cookie }, other.url).mutate('publish');
  await pageWith(evil, other.url).mutate('auth.login', credentials);
  await other.close();
  expect(events.all.filter(({ name }) => name === 'loginFailed')).toMatchObject([{ code: 'CROSS_SITE' }]);
  const denied = events.all.filter(({ name }) => name === 'denied');
  expect(denied).toMatchObject([{ code: 'CROSS_SITE', path: 'publish', userId: null, client: null }]);
});

test('refused logins count, as those without a client do', async () => {
  const durin = createCookieDurin(app);
  const other = await serve({ durin, router: createBrowserRouter(durin) });
  const answers = [];
  for (let attempt = 0; attempt < 101; attempt += 1)
    answers.push(await pageWith(evil, other.url).mutate('auth.login', credentials));
  expect(answers.slice(0, 100)).toEqual(Array.from({ length: 100 }, () => refused));
  expect(answers[100]).toEqual({ refused: 'THROTTLED' });
  expect(await openPage(other.url).mutate('auth.login', credentials)).toMatchObject({ data: { token: null } });
  await other.close();
});
