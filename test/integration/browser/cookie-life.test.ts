import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { secret } from '../../support/app.ts';
import {
  type BrowserApp,
  type CookieDurin,
  createBrowserRouter,
  createCookieDurin,
  credentials,
  openBrowserApp,
} from './browser-app.ts';
import { openPage, type Page } from './fake-browser.ts';
import { serveByFetch } from './serve-by-fetch.ts';

let app: BrowserApp;
let page: Page;
beforeAll(async () => {
  app = await openBrowserApp();
});
beforeEach(() => {
  page = openPageOf(app.durin);
});
afterAll(() => app.close());

function openPageOf(durin: CookieDurin) {
  const { url, send } = serveByFetch({ ...durin, router: createBrowserRouter(durin) });
  return openPage(url, send);
}

const bob = { ...credentials, username: 'bob' };
const cookieOf = ({ jar }: Page) => `__Host-durin=${jar.get('__Host-durin')}`;

describe('the cookie expires', () => {
  test('with the session, whatever its idle limit is', async () => {
    await app.durin.clients.update('web', { tokenTtl: '14d', idleTtl: '1h' });
    const { data } = await page.mutate('auth.login', bob);
    expect(data).toMatchObject({ expiry: new Date(app.clock() + 3_600_000).toISOString() });
    expect(page.received[0]?.maxAge).toBe(14 * 86_400);
  });

  test('at the end of its life, however often it is refreshed', async () => {
    await app.durin.clients.update('web', { tokenTtl: '14d', idleTtl: null, maxLifetime: '20d' });
    await page.mutate('auth.login', credentials);
    app.clock.advance(10 * 86_400);
    await page.mutate('auth.refresh');
    expect(page.received.map(({ maxAge }) => maxAge)).toEqual([14 * 86_400, 10 * 86_400]);
  });

  test('after 400 days if the session never does', async () => {
    await app.durin.clients.update('web', { tokenTtl: null, idleTtl: null, maxLifetime: null });
    await page.mutate('auth.login', bob);
    await page.mutate('auth.logout');
    await page.mutate('auth.login', bob);
    expect(page.received.at(-1)?.maxAge).toBe(400 * 86_400);
    await app.durin.clients.update('web', { tokenTtl: '1d' });
  });
});

test('a refresh signs the cookie with the new secret, and returns no token', async () => {
  await page.mutate('auth.login', bob);
  const rotated = createCookieDurin(app, { secret: ['the secret that follows the first one', secret] });
  const later = openPageOf(rotated);
  later.jar.set('__Host-durin', page.jar.get('__Host-durin') ?? '');
  expect(await later.mutate('auth.refresh')).toEqual({ data: { expiry: expect.any(String) } });
  const [before, after] = [page, later].map(({ jar }) => jar.get('__Host-durin'));
  expect(after?.slice(0, 32)).toBe(before?.slice(0, 32));
  expect(after).not.toBe(before);
  expect(await later.query('me')).toEqual({ data: 'bob' });
});

test('a session in a header is refreshed without a cookie', async () => {
  const rotated = createCookieDurin(app, { secret: ['the secret that follows the first one', secret] });
  const { token } = await app.durin.tokens.issue({ user: 1, client: 'web' });
  const other = openPageOf(rotated);
  const { data } = await other.mutate('auth.refresh', undefined, { authorization: `Token ${token}` });
  expect(data).toMatchObject({ token: expect.any(String) });
  expect(other.received).toEqual([]);
});

describe('a cookie is deleted', () => {
  test('by a logout of a session that is over already', async () => {
    await page.mutate('auth.login', bob);
    await app.durin.tokens.revokeAll({ user: 2 });
    expect(await page.mutate('auth.logout')).toEqual({ refused: 'INVALID_TOKEN' });
    expect(page.jar.size).toBe(0);
  });

  test('by logoutAll, also if the session is over', async () => {
    await page.mutate('auth.login', bob);
    await page.mutate('auth.logoutAll');
    expect(page.jar.size).toBe(0);
    page.jar.set('__Host-durin', 'f'.repeat(64));
    expect(await page.mutate('auth.logoutAll')).toEqual({ refused: 'INVALID_TOKEN' });
    expect(page.jar.size).toBe(0);
  });

  test('by no other refusal: it may be late, and the cookie a newer one', async () => {
    page.jar.set('__Host-durin', 'f'.repeat(64));
    for (const path of ['me', 'auth.session', 'auth.sessions.list']) await page.query(path);
    for (const path of ['publish', 'auth.refresh']) await page.mutate(path);
    expect(page.received).toEqual([]);
  });

  test('not by a logout without it, or of a session in a header', async () => {
    expect(await page.mutate('auth.logout')).toEqual({ refused: 'NO_CREDENTIALS' });
    const { token } = await app.durin.tokens.issue({ user: 2, client: 'cli' });
    await page.mutate('auth.logout', undefined, { authorization: `Token ${token}`, cookie: '__Host-durin=abc' });
    expect(page.received).toEqual([]);
  });
});

test('a login that fails sets no cookie, and keeps the present one', async () => {
  await page.mutate('auth.login', bob);
  expect(await page.mutate('auth.login', { ...bob, password: 'wrong' })).toEqual({ refused: 'INVALID_CREDENTIALS' });
  expect(page.received).toHaveLength(1);
  expect(await page.query('me')).toEqual({ data: 'bob' });
});

test('a login of another user replaces the cookie, and leaves the session', async () => {
  await page.mutate('auth.login', bob);
  const ofBob = cookieOf(page);
  await page.mutate('auth.login', credentials);
  expect(await page.query('me')).toEqual({ data: 'alice' });
  expect(await page.query('me', { cookie: ofBob })).toEqual({ data: 'bob' });
});

test('a reauthentication sets nothing', async () => {
  await page.mutate('auth.login', bob);
  const { username, password } = bob;
  expect(await page.mutate('auth.reauthenticate', { username, password })).toEqual({ data: undefined });
  expect(page.received).toHaveLength(1);
});
