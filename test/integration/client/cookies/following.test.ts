import { createTRPCClient, httpLink } from '@trpc/client';
import superjson from 'superjson';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createDurinLink, refuseRedirects } from '../../../../client/index.ts';
import { openFakePage } from '../fake-page.ts';
import { type AppRouter, alice, changed, nameIn, openBrowser, openCookieApp } from './cookie-pages.ts';

let app: Awaited<ReturnType<typeof openCookieApp>>;
beforeAll(async () => {
  app = await openCookieApp();
});
afterAll(() => app.close());

type Browser = ReturnType<typeof openBrowser>;
type Tab = ReturnType<Browser['open']>;
let browser: Browser;
let page: ReturnType<typeof openFakePage>;
const tabs: Tab[] = [];
beforeEach(() => {
  page = openFakePage();
  browser = openBrowser(app);
});
afterEach(() => {
  for (const { auth } of tabs.splice(0)) auth.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function open(...options: Parameters<Browser['open']>): Tab {
  const tab = browser.open(...options);
  tabs.push(tab);
  return tab;
}

/** Records the channels that are open. */
function spyOnChannels(): Set<string> {
  const names = new Set<string>();
  class Channel extends BroadcastChannel {
    constructor(name: string) {
      super(name);
      names.add(name);
    }
    override close() {
      names.delete(this.name);
      super.close();
    }
  }
  vi.stubGlobal('BroadcastChannel', Channel);
  return names;
}

const initialSession = { id: 'an-id', expiry: new Date(Date.now() + 60_000), user: { name: 'alice' } };

test('a client on a server has no timer and no listener', async () => {
  vi.unstubAllGlobals();
  const addEventListener = vi.fn<() => void>();
  vi.stubGlobal('addEventListener', addEventListener);
  const channels = spyOnChannels();
  vi.useFakeTimers();
  const { auth } = open({ initialSession, refresh: true });
  auth.subscribe(() => {});
  await auth.ready;
  expect(vi.getTimerCount()).toBe(0);
  expect(addEventListener).not.toHaveBeenCalled();
  expect([...channels, ...browser.asked]).toEqual([]);
  expect(auth.getSnapshot().status).toBe('signed-in');
});

test('a client that is created and not used does nothing', async () => {
  const channels = spyOnChannels();
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  open({ refresh: true });
  open({ refresh: true, initialSession });
  await vi.advanceTimersByTimeAsync(60_000);
  expect([...channels, ...browser.asked]).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a page follows the session while it has listeners', async () => {
  const channels = spyOnChannels();
  const { auth } = open({ initialSession: null });
  const leave = auth.subscribe(() => {});
  const leaveToo = auth.subscribe(() => {});
  await auth.ready;
  expect([...channels]).toEqual(['durin.auth']);
  leave();
  leave();
  await auth.ready;
  expect(channels.size).toBe(1);
  leaveToo();
  auth.subscribe(() => {}); // as React's StrictMode does it
  await auth.ready;
  expect(channels.size).toBe(1);
  expect(browser.asked).toEqual([]);
});

test('a function that subscribed twice leaves twice', async () => {
  const channels = spyOnChannels();
  const { auth } = open({ initialSession: null });
  const listener = vi.fn<() => void>();
  const [leave, leaveToo] = [auth.subscribe(listener), auth.subscribe(listener)];
  await auth.ready;
  leave();
  leave();
  await auth.login(alice);
  expect(listener).toHaveBeenCalledOnce();
  expect(channels.size).toBe(1);
  leaveToo();
  await vi.waitUntil(() => channels.size === 0);
});

test('a page that its last listener leaves while it asks stays stopped', async () => {
  const channels = spyOnChannels();
  await open().auth.login(alice);
  for (const { auth } of tabs.splice(0)) auth.close();
  browser.asked.length = 0;
  browser.hold('auth.session');
  const tab = open();
  const leave = tab.auth.subscribe(() => {});
  const { ready } = tab.auth;
  await vi.waitUntil(() => browser.asked.length > 0);
  leave();
  await vi.waitUntil(() => channels.size === 0);
  browser.release('auth.session');
  await ready;
  expect(browser.asked).toEqual(['auth.session']);
  expect(channels.size).toBe(0);
  expect(nameIn(tab)).toBe('alice');
});

test('a listener that leaves at once leaves no page that follows', async () => {
  const channels = spyOnChannels();
  const tab = open();
  tab.auth.subscribe(() => {})();
  await vi.waitUntil(() => browser.asked.length > 0);
  expect(channels.size).toBe(0);
});

test('a page that is joined again while it asks asks again', async () => {
  const channels = spyOnChannels();
  browser.hold('auth.session');
  const tab = open();
  const leave = tab.auth.subscribe(() => {});
  await vi.waitUntil(() => browser.asked.length > 0);
  leave();
  await vi.waitUntil(() => channels.size === 0);
  await open({ initialSession: null }).auth.login(alice);
  tab.auth.subscribe(() => {});
  await vi.waitUntil(() => channels.size > 0);
  browser.release('auth.session');
  await changed(tab.auth, () => nameIn(tab) === 'alice');
  expect(browser.asked.filter((calls) => calls === 'auth.session')).toHaveLength(2);
});

test('a refresh that is due when the last listener leaves opens nothing', async () => {
  const channels = spyOnChannels();
  const locked = Promise.withResolvers<void>();
  const granted = Promise.withResolvers<void>();
  const locks = {
    async request(_name: string, _options: object, work: () => Promise<void>) {
      locked.resolve();
      await granted.promise;
      await work();
    },
  };
  vi.stubGlobal('navigator', { locks });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  const { auth } = open({ initialSession, refresh: true });
  const leave = auth.subscribe(() => {});
  await auth.ready;
  await vi.advanceTimersByTimeAsync(31_000);
  await locked.promise;
  leave();
  await vi.advanceTimersByTimeAsync(1);
  expect(channels.size).toBe(0);
  granted.resolve();
  await vi.advanceTimersByTimeAsync(1000);
  expect(channels.size).toBe(0);
  expect(browser.asked).toEqual([]);
});

test('after its last listener, a page asks again when it is used', async () => {
  const channels = spyOnChannels();
  const tab = open({ initialSession: null });
  const leave = tab.auth.subscribe(() => {});
  await tab.auth.ready;
  leave();
  await vi.waitUntil(() => channels.size === 0);
  await open().auth.login(alice);
  expect(nameIn(tab)).toBeUndefined();
  expect(await tab.trpc.me.query()).toBe('alice');
  await changed(tab.auth, () => nameIn(tab) === 'alice');
});

test.each([
  ['online', () => page.goOnline()],
  ['visible', () => page.show()],
])('a question that failed is asked again when the page is %s', async (_state, happen) => {
  await open().auth.login(alice);
  const tab = open({ onStorageError() {} });
  browser.network.isDown = true;
  await tab.auth.ready;
  browser.network.isDown = false;
  expect(nameIn(tab)).toBeUndefined();
  happen();
  await changed(tab.auth, () => nameIn(tab) === 'alice');
});

test('a question that failed is asked again after a call that succeeds', async () => {
  await open().auth.login(alice);
  const tab = open({ onStorageError() {} });
  browser.network.isDown = true;
  await tab.auth.ready;
  browser.network.isDown = false;
  expect(await tab.trpc.me.query()).toBe('alice');
  await changed(tab.auth, () => nameIn(tab) === 'alice');
});

test('a question that failed is asked again when a client is connected', async () => {
  await open().auth.login(alice);
  const { auth, link, headers } = createDurinLink<AppRouter>({
    path: 'auth',
    client: 'web',
    transport: 'cookie',
    onStorageError() {},
  });
  await auth.ready; // fails: no client is connected
  const fetch = refuseRedirects(browser.fetch, { credentials: 'include' });
  const url = 'http://localhost/trpc';
  const client = createTRPCClient<AppRouter>({
    links: [link, httpLink({ url, transformer: superjson, headers, fetch })],
  });
  auth.connect(client);
  await changed(auth, () => nameIn({ auth }) === 'alice');
  expect(await client.me.query()).toBe('alice');
  auth.close();
});

test('a logout that reached no server fails, also if nobody is shown', async () => {
  await open().auth.login(alice);
  const tab = open({ onStorageError() {} });
  browser.network.isDown = true;
  await tab.auth.ready;
  await expect(tab.auth.logout()).rejects.toThrow('fetch failed');
  expect(browser.jar.size).toBe(1);
});

test('of tabs with different clocks, one refreshes', async () => {
  const { id, expiry } = await open().auth.login(alice);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: app.clock() });
  const session = { id, expiry, user: { name: 'alice' } };
  const opened = [0, 1, 2].map((seconds) => {
    vi.setSystemTime(app.clock() + seconds * 1000);
    const tab = open({ initialSession: session, refresh: true });
    tab.auth.subscribe(() => {});
    return tab;
  });
  await Promise.all(opened.map(({ auth }) => auth.ready));
  browser.asked.length = 0;
  app.clock.advance(43_205);
  await vi.advanceTimersByTimeAsync(43_205_000);
  await vi.waitUntil(() => browser.asked.includes('auth.refresh'));
  await vi.waitUntil(() => opened.every(({ auth }) => hasLaterExpiry(auth.getSnapshot(), expiry)));
  expect(browser.asked.filter((calls) => calls === 'auth.refresh')).toEqual(['auth.refresh']);
});

function hasLaterExpiry(snapshot: ReturnType<Tab['auth']['getSnapshot']>, expiry: Date | null): boolean {
  return snapshot.status === 'signed-in' && Number(snapshot.expiry) > Number(expiry);
}

test('an answer that is older than the cookie is corrected', async () => {
  const tab = open();
  const { id, expiry } = await tab.auth.login(alice);
  await tab.auth.logout();
  tab.auth.sync({ id, expiry, user: { name: 'alice' } });
  await changed(tab.auth, () => nameIn(tab) === 'alice');
  await changed(tab.auth, () => nameIn(tab) === 'logged-out');
  expect(browser.asked.at(-1)).toBe('auth.session');
});

test('a newer answer of the server is taken, and other tabs follow', async () => {
  const { id, expiry } = await open().auth.login(alice);
  const [tab, other] = [open(), open()];
  await Promise.all([tab.auth.ready, other.auth.ready]);
  const before = tab.auth.getSnapshot();
  tab.auth.sync({ id, expiry, user: { name: 'alice' } });
  await tab.auth.ready;
  expect(tab.auth.getSnapshot()).toBe(before);
  browser.jar.clear(); // as a server action does it
  tab.auth.sync(null);
  await Promise.all([tab, other].map((each) => changed(each.auth, () => nameIn(each) === 'logged-out')));
});
