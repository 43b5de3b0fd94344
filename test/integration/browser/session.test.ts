import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { requestOf } from '../../support/app.ts';
import { recordEvents } from '../../support/arena.ts';
import { User } from '../../support/entities.ts';
import { type BrowserApp, createCookieDurin, credentials, openBrowserApp } from './browser-app.ts';
import { openPage } from './fake-browser.ts';
import { serveByFetch } from './serve-by-fetch.ts';

let app: BrowserApp;
let page: ReturnType<typeof openPage>;
beforeAll(async () => {
  app = await openBrowserApp();
});
beforeEach(() => {
  const { url, send } = serveByFetch({ ...app.durin, router: app.router });
  page = openPage(url, send);
});
afterAll(() => app.close());

/** A caller with the token in a header. */
const callerOf = (
  token: string | undefined,
  durin: Pick<typeof app.durin, 'durinRouter' | 'createContext'> = app.durin,
) => durin.durinRouter.createCaller(durin.createContext(requestOf({ token })));

test('a session is what its login answered, without the token', async () => {
  const { data: login } = await page.mutate('auth.login', credentials);
  const { data: session } = await page.query('auth.session');
  expect(login).toEqual({ ...(session as object), token: null });
});

test('nobody has none: without a cookie, and with a refused one', async () => {
  expect(await page.query('auth.session')).toEqual({ data: null });
  for (const value of ['f'.repeat(64), 'no token', ''])
    expect(await page.query('auth.session', { cookie: `__Host-durin=${value}` })).toEqual({ data: null });
});

test('session answers null once it expired or its user is inactive', async () => {
  const { token } = await app.durin.tokens.issue({ user: 2, client: 'cli', ttl: '1h' });
  const em = app.orm.em.fork();
  expect(await callerOf(token).session()).toMatchObject({ user: { name: 'bob' } });
  app.clock.advance(3600);
  expect(await callerOf(token).session()).toBeNull();
  const later = await app.durin.tokens.issue({ user: 2, client: 'cli' });
  await em.nativeUpdate(User, 2, { isActive: false });
  expect(await callerOf(later.token).session()).toBeNull();
  await em.nativeUpdate(User, 2, { isActive: true });
});

test('a session in a header has one as well', async () => {
  const { token, auth } = await app.durin.tokens.issue({ user: 1, client: 'cli' });
  expect(await callerOf(token).session()).toEqual({ id: auth.id, expiry: auth.expiry, user: { name: 'alice' } });
});

test.each([false, true])('an API key has none, with fullAccess: %s', async (fullAccess) => {
  const durin = createDurin({ ...app.options, clients: { web: {}, api: { keys: { fullAccess } } } });
  const { token } = await durin.tokens.issue({ user: 1, client: 'api' });
  expect(await durin.durinRouter.createCaller(durin.createContext(requestOf({ token }))).session()).toBeNull();
  await durin.close();
});

test('without serializeUser it has no user', async () => {
  const durin = createDurin({ ...app.options, formatExpiry: () => 'soon' });
  const { token, auth } = await durin.tokens.issue({ user: 1, client: 'web' });
  const caller = durin.durinRouter.createCaller(durin.createContext(requestOf({ token })));
  expect(await caller.session()).toEqual({ id: auth.id, expiry: 'soon' });
  await durin.close();
});

test('serializeUser gets an entity, with the relations of populate', async () => {
  const durin = createDurin({
    ...app.options,
    populate: ['user.organization'],
    serializeUser: (user) => user.organization?.name ?? null,
  });
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const caller = durin.durinRouter.createCaller(durin.createContext(requestOf({ token })));
  expect(await caller.session()).toMatchObject({ user: 'Acme' });
  await durin.close();
});

test('an error of serializeUser is for the logs alone', async () => {
  const durin = createDurin({
    ...app.options,
    serializeUser: () => {
      throw new Error('a secret of the app');
    },
  });
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const caller = durin.durinRouter.createCaller(durin.createContext(requestOf({ token })));
  await expect(caller.session()).rejects.toMatchObject({ message: 'Internal server error' });
  await durin.close();
});

test('it counts as a use, and against no limit', async () => {
  const durin = createCookieDurin(app);
  const { token } = await durin.tokens.issue({ user: 1, client: 'cli' });
  const caller = callerOf(token, durin);
  for (let call = 0; call < 121; call += 1) await caller.session();
  await durin.flush();
  const sessions = await caller.sessions.list();
  expect(sessions.find(({ isCurrent }) => isCurrent)?.lastUsedAt).not.toBeNull();
  await durin.close();
});

test('it is kept out of HTTP caches', async () => {
  const { headers } = await page.fetch('auth.session', { method: 'GET' });
  expect(headers.get('cache-control')).toBe('no-store');
});

test('a refused token is reported, unless a browser has sent it by itself', async () => {
  const events = recordEvents(app.durin.events);
  await page.query('auth.session', { cookie: `__Host-durin=${'e'.repeat(64)}` });
  expect(events.all).toEqual([]);
  await page.query('auth.session', { authorization: `Token ${'e'.repeat(64)}` });
  expect(events.all).toMatchObject([{ name: 'denied', code: 'INVALID_TOKEN', path: 'auth.session' }]);
});
