import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { SessionAnswer } from '../../../../client/index.ts';
import { openFakePage } from '../fake-page.ts';
import { type AppRouter, alice, bob, changed, nameIn, openBrowser, openCookieApp } from './cookie-pages.ts';

let app: Awaited<ReturnType<typeof openCookieApp>>;
beforeAll(async () => {
  app = await openCookieApp();
});
afterAll(() => app.close());

type Tab = ReturnType<ReturnType<typeof openBrowser>['open']>;
let browser: ReturnType<typeof openBrowser>;
const tabs: Tab[] = [];
beforeEach(() => {
  openFakePage();
  browser = openBrowser(app);
});
afterEach(() => {
  for (const { auth } of tabs.splice(0)) auth.close();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function open(...options: Parameters<typeof browser.open>): Tab {
  const tab = browser.open(...options);
  tabs.push(tab);
  return tab;
}

const isSignedIn = ({ auth }: Tab) => auth.getSnapshot().status === 'signed-in';
const isSignedOut = ({ auth }: Tab) => auth.getSnapshot().status === 'signed-out';

test('a login keeps no token, and later calls have the cookie', async () => {
  const tab = open();
  const answer = await tab.auth.login(alice);
  expect(answer).toEqual({ token: null, id: expect.any(String), expiry: expect.any(Date), user: { name: 'alice' } });
  expect(tab.auth.getSnapshot()).toEqual({ status: 'signed-in', expiry: answer.expiry, user: { name: 'alice' } });
  expect(await tab.trpc.me.query()).toBe('alice');
  const [token = ''] = browser.jar.values();
  expect(token).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.stringify([answer, tab.auth.getSnapshot()])).not.toContain(token);
});

test('a reloaded page asks the server once who is signed in', async () => {
  await open().auth.login(alice);
  browser.asked.length = 0;
  const reloaded = open();
  expect(isSignedOut(reloaded)).toBe(true);
  await reloaded.auth.ready;
  expect(nameIn(reloaded)).toBe('alice');
  expect(browser.asked).toEqual(['auth.session']);
});

test('the calls of a page do not wait until it knows who is signed in', async () => {
  await open().auth.login(alice);
  browser.asked.length = 0;
  const reloaded = open();
  expect(await reloaded.trpc.me.query()).toBe('alice');
  expect(browser.asked.toSorted()).toEqual(['auth.session', 'me']);
  expect(nameIn(reloaded)).toBe('alice');
});

test('a logout that is called at once ends the session that is restored', async () => {
  await open().auth.login(alice);
  const reloaded = open();
  await reloaded.auth.logout();
  expect(browser.jar.size).toBe(0);
  await reloaded.auth.ready;
  expect(isSignedOut(reloaded)).toBe(true);
});

test('a page that a server rendered with its session asks nothing', async () => {
  const { id, expiry } = await open().auth.login(alice);
  browser.asked.length = 0;
  const rendered = open({ initialSession: { id: id ?? '', expiry, user: { name: 'alice' } } });
  const snapshot = { status: 'signed-in', expiry, user: { name: 'alice' } };
  expect(rendered.auth.getSnapshot()).toEqual(snapshot);
  expect(rendered.auth.getServerSnapshot()).toBe(rendered.auth.getSnapshot());
  const signedOut = open({ initialSession: null });
  await signedOut.auth.ready;
  expect(signedOut.auth.getSnapshot()).toEqual({ status: 'signed-out' });
  expect(browser.asked).toEqual([]);
});

test('a server asks nothing, and renders nobody without a session', async () => {
  vi.unstubAllGlobals();
  const rendering = open();
  await rendering.auth.ready;
  expect(rendering.auth.getServerSnapshot()).toEqual({ status: 'signed-out' });
  expect(browser.asked).toEqual([]);
});

test('tabs follow a login, a login of another user and a logout', async () => {
  const [one, other] = [open(), open()];
  await Promise.all([one.auth.ready, other.auth.ready]);
  await one.auth.login(alice);
  await changed(other.auth, () => nameIn(other) === 'alice');
  await other.auth.login(bob);
  await changed(one.auth, () => nameIn(one) === 'bob');
  expect(await one.trpc.me.query()).toBe('bob');
  await one.auth.logout();
  await changed(other.auth, () => isSignedOut(other));
  expect(nameIn(other)).toBe('logged-out');
});

test('a refresh moves the expiry in every tab, and begins no other session', async () => {
  const [one, other] = [open(), open()];
  await one.auth.login(alice);
  await changed(other.auth, () => isSignedIn(other));
  const [token] = browser.jar.values();
  app.clock.advance(3600);
  const { expiry } = await one.auth.refresh();
  await changed(other.auth, () => other.auth.getSnapshot().status === 'signed-in' && hasExpiry(other, expiry));
  expect(hasExpiry(one, expiry)).toBe(true);
  expect([...browser.jar.values()]).toEqual([token]);
});

function hasExpiry({ auth }: Tab, expiry: Date | null): boolean {
  const snapshot = auth.getSnapshot();
  return snapshot.status === 'signed-in' && snapshot.expiry?.getTime() === expiry?.getTime();
}

test('a cookie that is gone ends the session', async () => {
  const tab = open();
  await tab.auth.login(alice);
  browser.jar.clear();
  await expect(tab.trpc.me.query()).rejects.toMatchObject({ data: { durin: { code: 'NO_CREDENTIALS' } } });
  expect(nameIn(tab)).toBe('logged-out');
  await tab.auth.login(alice);
  browser.jar.clear();
  await tab.auth.logout();
  expect(nameIn(tab)).toBe('logged-out');
});

test('a session that was revoked elsewhere ends with its reason', async () => {
  const tab = open();
  await tab.auth.login(alice);
  await app.durin.tokens.revokeAll({ user: 1 });
  await expect(tab.trpc.me.query()).rejects.toMatchObject({ data: { durin: { code: 'INVALID_TOKEN' } } });
  expect(nameIn(tab)).toBe('revoked');
});

test("the answer of the app's own procedure is adopted", async () => {
  const tab = open();
  await tab.auth.ready;
  await tab.auth.adopt(await tab.trpc.enter.mutate());
  expect(nameIn(tab)).toBe('alice');
  expect(await tab.trpc.me.query()).toBe('alice');
});

test('a server that cannot be reached is reported, and asked again', async () => {
  const errors: unknown[] = [];
  await open().auth.login(alice);
  browser.network.isDown = true;
  const reloaded = open({ onStorageError: (error) => errors.push(error) });
  await reloaded.auth.ready;
  expect(errors).toEqual([expect.objectContaining({ message: 'fetch failed' })]);
  expect(isSignedOut(reloaded)).toBe(true);
  browser.network.isDown = false;
  const other = open();
  await other.auth.ready;
  await other.auth.refresh();
  await changed(reloaded.auth, () => isSignedIn(reloaded));
});

test('an error callback that throws does not end the page', async () => {
  const printed = vi.spyOn(console, 'error').mockReturnValue();
  const failure = new Error('no logger');
  const tab = open({
    onStorageError() {
      throw failure;
    },
  });
  browser.network.isDown = true;
  await tab.auth.ready;
  expect(printed.mock.calls).toEqual([[failure]]);
  browser.network.isDown = false;
  await tab.auth.login(alice);
  expect(nameIn(tab)).toBe('alice');
});

test('a transport that is not that of the server is named', async () => {
  const reading = open({ client: 'cli' });
  await expect(reading.auth.login(alice)).rejects.toThrow('No token. Check transport.');
  const sending = open({ transport: 'header' });
  await expect(sending.auth.login(alice)).rejects.toThrow('No token. Check transport.');
  expect([isSignedOut(reading), isSignedOut(sending)]).toEqual([true, true]);
});

test('a session without an id is reported, and nobody is signed in', async () => {
  const { expiry } = await open().auth.login(alice);
  const errors: unknown[] = [];
  const missing = expect.objectContaining({ message: 'No token. Check transport.' });
  const answer = { expiry, user: { name: 'alice' } } as SessionAnswer<AppRouter, 'auth'>; // of a client that sends a header
  const rendered = open({ initialSession: answer, onStorageError: (error) => errors.push(error) });
  await rendered.auth.ready;
  expect(isSignedOut(rendered)).toBe(true);
  expect(errors).toEqual([missing]);
  rendered.auth.sync(answer);
  await rendered.auth.ready;
  expect(isSignedOut(rendered)).toBe(true);
  expect(errors).toEqual([missing, missing]);
});

test('a closed page leaves the other tabs', async () => {
  const [closed, other] = [open(), open()];
  await Promise.all([closed.auth.ready, other.auth.ready]);
  closed.auth.close();
  await other.auth.login(alice);
  expect(await closed.trpc.me.query()).toBe('alice');
  expect(isSignedOut(closed)).toBe(true);
});
