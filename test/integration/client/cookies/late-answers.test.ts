import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openFakePage } from '../fake-page.ts';
import { alice, bob, changed, nameIn, openBrowser, openCookieApp } from './cookie-pages.ts';

let app: Awaited<ReturnType<typeof openCookieApp>>;
beforeAll(async () => {
  app = await openCookieApp();
});
afterAll(() => app.close());

type Browser = ReturnType<typeof openBrowser>;
type Tab = ReturnType<Browser['open']>;
let browser: Browser;
const tabs: Tab[] = [];
beforeEach(() => {
  openFakePage();
  browser = openBrowser(app);
});
afterEach(() => {
  for (const { auth } of tabs.splice(0)) auth.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Opens tabs that know that alice is signed in. */
async function openTabs(count: number): Promise<Tab[]> {
  const opened = Array.from({ length: count }, () => browser.open());
  tabs.push(...opened);
  await opened[0]?.auth.login(alice);
  await Promise.all(opened.map((tab) => shows(tab, 'alice')));
  return opened;
}

const shows = (tab: Tab, name: string | undefined) => changed(tab.auth, () => nameIn(tab) === name);
const isAsked = (calls: string) => vi.waitUntil(() => browser.asked.includes(calls));

test('a login waits for a refresh in another tab', async () => {
  const [one, other] = await openTabs(2);
  browser.hold('auth.refresh');
  browser.asked.length = 0;
  const refreshed = one?.auth.refresh();
  await isAsked('auth.refresh');
  const login = other?.auth.login(bob);
  await other?.trpc.me.query();
  expect(browser.asked).not.toContain('auth.login');
  browser.release('auth.refresh');
  await Promise.all([refreshed, login]);
  expect(await other?.trpc.me.query()).toBe('bob');
});

test.each(['refresh', 'logout'] as const)('without locks, a login waits for the %s of its tab', async (name) => {
  vi.stubGlobal('navigator', {});
  const [tab] = await openTabs(1);
  browser.hold(`auth.${name}`);
  browser.asked.length = 0;
  const first = tab?.auth[name]();
  const login = tab?.auth.login(bob);
  await isAsked(`auth.${name}`);
  await tab?.trpc.me.query().catch(() => {});
  expect(browser.asked).not.toContain('auth.login');
  browser.release(`auth.${name}`);
  await Promise.all([first, login]);
  expect(await tab?.trpc.me.query()).toBe('bob');
  expect(tab && nameIn(tab)).toBe('bob');
});

test.each([
  ['refresh', 'alice'],
  ['logout', 'logged-out'],
] as const)('without locks, a late %s shows whose cookie it is in every tab', async (name, shown) => {
  vi.stubGlobal('navigator', {});
  const [one, other] = await openTabs(2);
  if (!one || !other) throw new Error('no tabs');
  browser.hold(`auth.${name}`);
  const late = one.auth[name]();
  await isAsked(`auth.${name}`);
  await other.auth.login(bob);
  await shows(one, 'bob');
  browser.release(`auth.${name}`);
  await late;
  await Promise.all([shows(one, shown), shows(other, shown)]);
  expect(browser.jar.size).toBe(name === 'refresh' ? 1 : 0);
});

test('a notice that comes while a login is under way is not lost', async () => {
  vi.stubGlobal('navigator', {});
  const [one, other] = await openTabs(2);
  if (!one || !other) throw new Error('no tabs');
  browser.hold('auth.session');
  browser.asked.length = 0;
  await other.auth.refresh();
  await isAsked('auth.session'); // as alice
  await one.auth.login(bob);
  browser.release('auth.session');
  await Promise.all([shows(one, 'bob'), shows(other, 'bob')]);
  expect(await one.trpc.me.query()).toBe('bob');
});

test('a session query that hangs holds up nothing, and ends', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  browser.hold('auth.session');
  const onStorageError = vi.fn<(error: unknown) => void>();
  const tab = browser.open({ onStorageError });
  tabs.push(tab);
  const { ready } = tab.auth;
  await vi.advanceTimersByTimeAsync(1);
  await tab.auth.login(alice);
  expect(nameIn(tab)).toBe('alice');
  const me = tab.trpc.me.query();
  await vi.advanceTimersByTimeAsync(1); // the batch
  expect(await me).toBe('alice');
  await vi.advanceTimersByTimeAsync(30_000);
  await ready;
  expect(onStorageError).toHaveBeenCalledWith(expect.objectContaining({ message: 'Session timed out.' }));
  await tab.auth.logout();
  expect(nameIn(tab)).toBe('logged-out');
  browser.release('auth.session');
});
