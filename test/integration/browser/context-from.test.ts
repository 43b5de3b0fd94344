import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContextFromOptions, CookieAttributes } from '../../../src/index.ts';
import { createDurin } from '../../../src/index.ts';
import { recordEvents } from '../../support/arena.ts';
import { User } from '../../support/entities.ts';
import { type BrowserApp, credentials, openBrowserApp } from './browser-app.ts';

let app: BrowserApp;
let cookie: string;
beforeAll(async () => {
  app = await openBrowserApp();
  const { token } = await app.durin.tokens.issue({ user: 1, client: 'web' });
  cookie = `theme=dark; __Host-durin=${token}`;
});
afterAll(() => app.close());

const sameOrigin = { 'sec-fetch-site': 'same-origin' };
const crossSite = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
const ofBob = { ...credentials, username: 'bob' };
const refusedWith = (code: string) => ({ durin: { code } });

const findBob = () => app.orm.em.fork().findOneOrFail(User, 2);

function callerFrom(headers: Record<string, string>, options?: ContextFromOptions) {
  return app.router.createCaller(app.durin.contextFrom(new Headers(headers), options));
}

describe('contextFrom', () => {
  test('lets a server component see the session, whatever page it is for', async () => {
    for (const headers of [{ cookie }, { cookie, 'sec-fetch-site': 'none' }, { cookie, ...crossSite }]) {
      expect(await callerFrom(headers).me()).toBe('alice');
      expect(await callerFrom(headers).auth.session()).toMatchObject({ user: { name: 'alice' } });
    }
    expect(await callerFrom({}).auth.session()).toBeNull();
  });

  test('takes the headers of Node as well', async () => {
    const ctx = app.durin.contextFrom({ cookie, 'set-cookie': ['a=b'], accept: undefined });
    expect(await app.router.createCaller(ctx).me()).toBe('alice');
  });

  test('lets a server action change something, if its own page has caused it', async () => {
    expect(await callerFrom({ cookie, ...sameOrigin }).publish()).toBe('alice');
    for (const headers of [{ cookie }, { cookie, ...crossSite }])
      await expect(callerFrom(headers).publish()).rejects.toMatchObject(refusedWith('CROSS_SITE'));
  });

  test('sets the cookie with setCookie', async () => {
    const set: [name: string, value: string, attributes: CookieAttributes][] = [];
    const setCookie = (...parts: (typeof set)[number]) => set.push(parts);
    expect(await callerFrom(sameOrigin, { setCookie }).auth.login(ofBob)).toMatchObject({ token: null });
    const attributes = { httpOnly: true, secure: true, sameSite: 'lax', path: '/', maxAge: 86_400 };
    expect(set).toEqual([['__Host-durin', expect.stringMatching(/^[0-9a-f]{64}$/), attributes]]);
    const value = set[0]?.[1] ?? '';
    await callerFrom({ ...sameOrigin, cookie: `__Host-durin=${value}` }, { setCookie }).auth.logout();
    expect(set[1]).toEqual(['__Host-durin', '', { ...attributes, maxAge: 0 }]);
  });

  test('refuses logins and refreshes without setCookie, and logs out', async () => {
    const { token } = await app.durin.tokens.issue({ user: 2, client: 'web' });
    const caller = callerFrom({ ...sameOrigin, cookie: `__Host-durin=${token}` });
    await expect(caller.auth.login(credentials)).rejects.toMatchObject(refusedWith('COOKIE_UNAVAILABLE'));
    await expect(caller.auth.refresh()).rejects.toMatchObject(refusedWith('COOKIE_UNAVAILABLE'));
    await caller.auth.logout();
    expect(await caller.auth.session()).toBeNull();
  });

  test('knows the address that the app knows', () => {
    expect(app.durin.contextFrom(new Headers(), { ipAddress: '192.0.2.9' }).durin.ipAddress).toBe('192.0.2.9');
  });

  test.each([
    ['a Promise, as headers() of Next.js returns', Promise.resolve(new Headers())],
    ['nothing', undefined],
    ['null', null],
  ])('names what is wrong with %s', (_what, headers) => {
    expect(() => app.durin.contextFrom(headers as unknown as Headers)).toThrow(
      "contextFrom: headers must be a request's headers, such as await headers() of Next.js",
    );
  });
});

describe('durin.signIn', () => {
  test('sets the cookie, and its answer has no token', async () => {
    const values: string[] = [];
    const ctx = app.durin.contextFrom(sameOrigin, { setCookie: (_name, value) => values.push(value) });
    const answer = await app.durin.signIn({ user: await findBob(), client: 'web', ctx });
    expect(answer).toMatchObject({ token: null, auth: { user: { username: 'bob' } } });
    expect(await app.router.createCaller(ctx).publish()).toBe('bob'); // later calls are signed in
    expect(values).toHaveLength(1);
  });

  test('is refused from another page, and where no cookie can be set', async () => {
    const user = await findBob();
    for (const [headers, code] of [
      [crossSite, 'CROSS_SITE'],
      [sameOrigin, 'COOKIE_UNAVAILABLE'],
    ] as const)
      await expect(
        app.durin.signIn({ user, client: 'web', ctx: app.durin.contextFrom(headers) }),
      ).rejects.toMatchObject(refusedWith(code));
    const inHeader = await app.durin.signIn({ user, client: 'cli', ctx: app.durin.contextFrom(crossSite) });
    expect(inHeader.token).toMatch(/^[0-9a-f]{64}$/);
  });
});

test('loginResponse is called without the token', async () => {
  const seen: unknown[] = [];
  const durin = createDurin({
    ...app.options,
    clients: { web: { transport: 'cookie' }, cli: {} },
    loginResponse: ({ token }) => {
      seen.push(token);
      return {};
    },
  });
  const ctx = durin.contextFrom(sameOrigin, { setCookie() {} });
  await durin.durinRouter.createCaller(ctx).login({ ...ofBob, client: 'web' });
  expect(seen).toEqual([null]);
  await durin.durinRouter.createCaller(ctx).login({ ...ofBob, client: 'cli' });
  expect(seen[1]).toMatch(/^[0-9a-f]{64}$/);
  await durin.close();
});

test('a login whose loginResponse fails sets no cookie', async () => {
  const set: string[] = [];
  const durin = createDurin({
    ...app.options,
    clients: { web: { transport: 'cookie' } },
    loginResponse: () => {
      throw new Error('an error of the app');
    },
  });
  const ctx = durin.contextFrom(sameOrigin, { setCookie: (name) => set.push(name) });
  await expect(durin.durinRouter.createCaller(ctx).login(ofBob)).rejects.toThrow('Internal server error');
  expect(set).toEqual([]);
  await durin.close();
});

const request = (method: string, headers: Record<string, string>) =>
  new Request('https://app.example.com/export', { method, headers: { ...headers, cookie } });

describe('durin.authenticate', () => {
  test('takes the cookie of a request that changes nothing', async () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS'])
      expect((await app.durin.authenticate(request(method, crossSite))).user.username).toBe('alice');
    expect((await app.durin.authenticate(app.durin.contextFrom({ cookie }).durin)).user.username).toBe('alice');
  });

  test('refuses a change from another page, and reports it', async () => {
    const events = recordEvents(app.durin.events);
    const { durin } = app.durin.contextFrom({ cookie, ...crossSite }, { method: 'DELETE' });
    const upgrade = request('GET', { ...crossSite, upgrade: 'websocket' });
    for (const source of [request('POST', crossSite), request('PATCH', {}), upgrade, durin])
      await expect(app.durin.authenticate(source)).rejects.toMatchObject(refusedWith('CROSS_SITE'));
    expect(events.all).toMatchObject(
      Array.from({ length: 4 }, () => ({ name: 'denied', code: 'CROSS_SITE', path: null })),
    );
    expect((await app.durin.authenticate(request('POST', sameOrigin))).user.username).toBe('alice');
  });

  test('counts headers without a method as a change', async () => {
    await expect(app.durin.authenticate({ cookie })).rejects.toMatchObject(refusedWith('CROSS_SITE'));
    await expect(app.durin.authenticate(new Headers({ cookie }))).rejects.toMatchObject(refusedWith('CROSS_SITE'));
    expect((await app.durin.authenticate({ cookie, ...sameOrigin })).user.username).toBe('alice');
  });

  test('takes a token as before', async () => {
    const { token } = await app.durin.tokens.issue({ user: 2, client: 'cli' });
    expect((await app.durin.authenticate(token)).user.username).toBe('bob');
    expect((await app.durin.authenticate({ authorization: `Token ${token}`, cookie })).user.username).toBe('bob');
  });
});
