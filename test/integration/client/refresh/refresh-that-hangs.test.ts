import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type DurinStorage, memoryStorage, webStorage } from '../../../../client/index.ts';
import { alice, bob, FakeWebStorage, openSdkApp, type TestApp } from '../sdk-app.ts';
import { openTimedSdks } from '../timed-sdks.ts';

const halfMinute = 30_000;
const halfDay = 12 * 3_600_000;

let app: TestApp;
beforeAll(async () => {
  app = await openSdkApp();
});
afterAll(() => app.close());

type Timed = ReturnType<typeof openTimedSdks>;
let { open, pass, close } = {} as Timed;
beforeEach(() => {
  ({ open, pass, close } = openTimedSdks(app));
});
afterEach(() => close());

const isHeld = ({ network }: ReturnType<Timed['open']>, calls: string) =>
  vi.waitFor(() => expect(network.held.map((entry) => entry.calls)).toContain(calls));

test.each<[string, () => DurinStorage]>([
  ['memory', memoryStorage],
  ['sessionStorage', () => webStorage(new FakeWebStorage())],
])('sessions in %s do not wait for each other’s refreshes', async (_, createStorage) => {
  const [one, two] = [open({ storage: createStorage() }), open({ storage: createStorage() })];
  await one.auth.login(alice);
  await pass(1000);
  await two.auth.login(bob);
  one.network.hold('auth.refresh');
  await pass(halfDay);
  await isHeld(one, 'auth.refresh');
  await vi.waitFor(() => expect(two.refreshes()).toBe(1));
  expect(one.network.held).toHaveLength(1);
});

test('a refresh without an answer fails after half a minute', async () => {
  const { auth, network, refreshes } = open();
  await auth.login(alice);
  network.hold('auth.refresh');
  const refusal = auth.refresh().catch((error: unknown) => error);
  await vi.waitFor(() => expect(network.held).toHaveLength(1));
  await pass(halfMinute);
  expect(await refusal).toMatchObject({ name: 'TRPCClientError', message: 'Refresh timed out.' });
  await auth.refresh();
  expect(refreshes()).toBe(2);
  expect(auth.getSnapshot().status).toBe('signed-in');
});

test('if the refresh of one tab hangs, another tab refreshes the session', async () => {
  const local = new FakeWebStorage();
  const one = open({ storage: webStorage(local) });
  await one.auth.login(alice);
  const two = open({ storage: webStorage(local) });
  one.network.hold('auth.refresh');
  two.network.hold('auth.refresh');
  await pass(halfDay + 1000);
  await vi.waitFor(() => expect(one.refreshes() + two.refreshes()).toBe(1));
  await pass(halfMinute);
  await vi.waitFor(() => expect([one.refreshes(), two.refreshes()]).toEqual([1, 1]));
});

test.each([
  ['refuses locks', () => Promise.reject(new DOMException('opaque origin', 'SecurityError'))],
  [
    'never grants one in time',
    (_name: string, { signal }: { signal?: AbortSignal }) =>
      new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
      ),
  ],
])('if the platform %s, the session is refreshed anyway', async (_, request) => {
  const patience = new AbortController();
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    setTimeout(() => patience.abort(), ms);
    return patience.signal;
  });
  vi.stubGlobal('navigator', { locks: { request } });
  const { auth, refreshes } = open();
  await auth.login(alice);
  await pass(halfDay + 1000);
  await pass(halfMinute);
  await vi.waitFor(() => expect(refreshes()).toBe(1));
  vi.restoreAllMocks();
});

test('automatic refresh pauses during a logout and resumes if it fails', async () => {
  const { auth, network, refreshes } = open();
  await auth.login(alice);
  await pass(halfDay - 1000);
  network.hold('auth.logout');
  const failure = auth.logout().catch((error: unknown) => error);
  await vi.waitFor(() => expect(network.held).toHaveLength(1));
  await pass(4 * halfMinute);
  expect(refreshes()).toBe(0);
  network.lose('auth.logout');
  expect(await failure).toMatchObject({ message: 'fetch failed' });
  await pass(halfMinute);
  await vi.waitFor(() => expect(refreshes()).toBe(1));
});
