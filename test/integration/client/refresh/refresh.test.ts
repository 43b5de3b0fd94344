import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { webStorage } from '../../../../client/index.ts';
import { alice, FakeWebStorage, openSdkApp, type TestApp } from '../sdk-app.ts';
import { openTimedSdks } from '../timed-sdks.ts';

const hour = 3_600_000;
const halfDay = 12 * hour;

let app: TestApp;
beforeAll(async () => {
  app = await openSdkApp();
});
afterAll(() => app.close());

type Timed = ReturnType<typeof openTimedSdks>;
let { page, open, pass, close } = {} as Timed;
beforeEach(() => {
  ({ page, open, pass, close } = openTimedSdks(app));
});
afterEach(() => close());

const expiryOf = (auth: ReturnType<Timed['open']>['auth']) => {
  const snapshot = auth.getSnapshot();
  return snapshot.status === 'signed-in' ? snapshot.expiry : null;
};

test('the session is refreshed after half of its lifetime, repeatedly', async () => {
  const { auth, refreshes } = open();
  const { expiry } = await auth.login(alice);
  await pass(halfDay - 1000);
  expect(refreshes()).toBe(0);
  await pass(2000);
  await vi.waitFor(() => expect(expiryOf(auth)).not.toEqual(expiry));
  expect(refreshes()).toBe(1);
  expect(expiryOf(auth)?.getTime()).toBeGreaterThan((expiry?.getTime() ?? 0) + halfDay);
  await pass(halfDay + 1000);
  await vi.waitFor(() => expect(refreshes()).toBe(2));
});

test.each([
  ['ahead', hour],
  ['behind', -hour],
])('a clock an hour %s does not matter to half-hour tokens', async (_, error) => {
  await app.durin.clients.update('web', { tokenTtl: '30m' });
  await app.durin.tokens.revokeAll({ user: 1 });
  vi.setSystemTime(app.clock() + error);
  const { trpc, auth, refreshes } = open();
  await auth.login(alice);
  await pass(hour / 4 - 2000);
  expect(refreshes()).toBe(0);
  await pass(4000);
  await vi.waitFor(() => expect(refreshes()).toBe(1));
  await pass(hour / 4 - 10_000);
  const me = trpc.me.query();
  await vi.advanceTimersByTimeAsync(1);
  expect(await me).toBe('alice');
  await app.durin.clients.update('web', { tokenTtl: '1d' });
  await app.durin.tokens.revokeAll({ user: 1 });
});

test('a token that never expires is not refreshed; nor is any if it is off', async () => {
  const cli = open({ client: 'cli' });
  const off = open({ refresh: false });
  await cli.auth.login(alice);
  await off.auth.login(alice);
  await pass(2 * halfDay - 1000);
  expect([cli.refreshes(), off.refreshes()]).toEqual([0, 0]);
});

test('a lifetime longer than any timer is waited for', async () => {
  const { auth, refreshes } = open({ client: 'api' });
  await auth.login(alice);
  for (let day = 0; day < 180; day += 1) await pass(2 * halfDay);
  expect(refreshes()).toBe(0);
  for (let day = 0; day < 4; day += 1) await pass(2 * halfDay);
  await vi.waitFor(() => expect(refreshes()).toBe(1));
});

test('there is no refresh after a logout', async () => {
  const { auth, refreshes } = open();
  await auth.login(alice);
  await pass(halfDay - 1000);
  await auth.logout();
  await pass(2 * halfDay);
  expect(refreshes()).toBe(0);
});

test('no refresh runs during a logout, and one runs after a failed logout', async () => {
  const { auth, network, refreshes } = open();
  await auth.login(alice);
  await pass(halfDay - 1000);
  network.hold('auth.logout');
  const logout = auth.logout();
  await vi.waitFor(() => expect(network.held).toHaveLength(1));
  await pass(2000);
  await pass(31_000);
  expect(refreshes()).toBe(0);
  network.release('auth.logout');
  await logout;

  await auth.login(alice);
  await pass(halfDay - 1000);
  network.breakDown(true);
  await expect(auth.logout()).rejects.toThrow('fetch failed');
  network.breakDown(false);
  await pass(2000);
  await vi.waitFor(() => expect(refreshes()).toBe(1));
});

test('a hidden page has no timer and checks the time when it is shown', async () => {
  const { auth, refreshes } = open();
  await auth.login(alice);
  const timers = vi.getTimerCount();
  page.hide();
  expect(vi.getTimerCount()).toBe(timers - 1);
  await pass(halfDay + 1000);
  expect(refreshes()).toBe(0);
  page.show();
  await vi.waitFor(() => expect(refreshes()).toBe(1));
});

test('a page that was hidden too long is signed out as expired', async () => {
  const { auth } = open();
  await auth.login(alice);
  page.hide();
  await pass(2 * halfDay);
  page.show();
  await vi.waitFor(() => expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'expired' }));
});

test('an outage is retried every half minute, and once back online', async () => {
  const { auth, network, refreshes } = open();
  await auth.login(alice);
  network.breakDown(true);
  await pass(halfDay + 1000);
  await vi.waitFor(() => expect(refreshes()).toBe(1));
  await pass(31_000);
  expect(refreshes()).toBe(2);
  network.breakDown(false);
  page.goOnline();
  await vi.waitFor(() => expect(refreshes()).toBe(3));
  await pass(60_000);
  expect(refreshes()).toBe(3);
  expect(auth.getSnapshot().status).toBe('signed-in');
});

test('one of two tabs refreshes, and both get the new expiry', async () => {
  const local = new FakeWebStorage();
  const first = open({ storage: webStorage(local) });
  const { expiry } = await first.auth.login(alice);
  const second = open({ storage: webStorage(local) });
  await pass(halfDay + 1000);
  await vi.waitFor(() => expect(first.refreshes() + second.refreshes()).toBe(1));
  await vi.waitFor(() => expect(expiryOf(first.auth)).not.toEqual(expiry));
  page.notifyOfStorage(local);
  await vi.waitFor(() => expect(expiryOf(second.auth)).toEqual(expiryOf(first.auth)));
  await pass(60_000);
  expect(first.refreshes() + second.refreshes()).toBe(1);
});

test('a tab that sees late what the other has stored does not refresh again', async () => {
  const [local, seenLate] = [new FakeWebStorage(), new FakeWebStorage()];
  const storage = webStorage({
    getItem: (key) => local.getItem(key),
    removeItem: (key) => local.removeItem(key),
    setItem(key, value) {
      local.setItem(key, value);
      setTimeout(() => seenLate.setItem(key, value), 250);
    },
  });
  const first = open({ storage });
  const { expiry } = await first.auth.login(alice);
  await pass(1000);
  const second = open({ storage: webStorage(seenLate) });
  await pass(halfDay);
  await vi.waitFor(() => expect(expiryOf(first.auth)).not.toEqual(expiry));
  await pass(1000);
  await vi.waitFor(() => expect(expiryOf(second.auth)).not.toEqual(expiry));
  expect([first.refreshes(), second.refreshes()]).toEqual([1, 0]);
});

test('concurrent refreshes share one request', async () => {
  const { auth, refreshes } = open();
  await auth.login(alice);
  const [one, two] = await Promise.all([auth.refresh(), auth.refresh()]);
  expect(one).toBe(two);
  expect(refreshes()).toBe(1);
  await auth.refresh();
  expect(refreshes()).toBe(2);
});

test('close leaves no timer and no listener', async () => {
  const { auth, refreshes } = open();
  await auth.login(alice);
  const timers = vi.getTimerCount();
  auth.close();
  expect(vi.getTimerCount()).toBe(timers - 1);
  page.show();
  await auth.login(alice);
  await pass(halfDay + 1000);
  expect(refreshes()).toBe(0);
});
