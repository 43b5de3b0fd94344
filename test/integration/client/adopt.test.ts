import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { memoryStorage, webStorage } from '../../../client/index.ts';
import { alice, asyncStorage, bob, FakeWebStorage, openSdkApp, type TestApp } from './sdk-app.ts';
import { openTimedSdks, sent } from './timed-sdks.ts';

const halfDay = 12 * 3_600_000;

let app: TestApp;
beforeAll(async () => {
  app = await openSdkApp();
});
afterAll(() => app.close());

let { page, open, pass, close } = {} as ReturnType<typeof openTimedSdks>;
beforeEach(() => {
  ({ page, open, pass, close } = openTimedSdks(app));
});
afterEach(() => close());

test('an answer is stored as the session, and other tabs follow', async () => {
  const source = new FakeWebStorage();
  const [first, second] = [open({ storage: webStorage(source) }), open({ storage: webStorage(source) })];
  const answer = await sent(first.trpc.enter.mutate(1));
  expect(first.auth.getSnapshot().status).toBe('signed-out');
  await first.auth.adopt(answer);
  page.notifyOfStorage(source);
  await vi.waitFor(() => expect(second.auth.getSnapshot().status).toBe('signed-in'));
  for (const { auth, trpc } of [first, second]) {
    expect(auth.getSnapshot()).toEqual({ status: 'signed-in', expiry: answer.expiry, user: answer.user });
    expect(await trpc.auth.sessions.list.query()).toMatchObject([{ isCurrent: true }]);
  }
  expect(open({ storage: webStorage(source) }).auth.getSnapshot()).toEqual(first.auth.getSnapshot());
});

test('an adopted session is refreshed, and signed out', async () => {
  const { auth, trpc, refreshes } = open();
  await auth.adopt(await sent(trpc.enter.mutate(1)));
  await pass(halfDay + 1000);
  await vi.waitFor(() => expect(refreshes()).toBe(1));
  await auth.logout();
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'logged-out' });
});

test('it waits for an async storage', async () => {
  const { auth, trpc } = open({ storage: asyncStorage() });
  const answer = await sent(trpc.enter.mutate(1));
  const reopened = open({ storage: asyncStorage() });
  await reopened.auth.adopt(answer);
  expect(reopened.auth.getSnapshot()).toMatchObject({ status: 'signed-in', user: { name: 'alice' } });
  expect(auth.getSnapshot().status).toBe('signed-out');
});

test('it replaces another session, whose late answers change nothing', async () => {
  const { auth, trpc, network } = open();
  await auth.login(bob);
  network.hold('auth.logout');
  const late = auth.logout();
  await vi.waitFor(() => expect(network.held).toHaveLength(1));
  await auth.adopt(await sent(trpc.enter.mutate(1)));
  network.release('auth.logout');
  await late;
  expect(auth.getSnapshot()).toMatchObject({ status: 'signed-in', user: { name: 'alice' } });
});

test('a login that was called before it does not replace it', async () => {
  const { auth, trpc, network } = open();
  const answer = await sent(trpc.enter.mutate(1));
  network.hold('auth.login');
  const late = auth.login(bob);
  await vi.waitFor(() => expect(network.held).toHaveLength(1));
  await auth.adopt(answer);
  network.release('auth.login');
  await late;
  expect(auth.getSnapshot()).toMatchObject({ user: { name: 'alice' } });
  await auth.login(alice);
});

test.each([undefined, null, {}, { token: '' }, { token: 'a b' }, { token: null, expiry: null }])(
  '%j is refused, and changes nothing',
  async (answer) => {
    const { auth } = open({ storage: memoryStorage() });
    await expect(auth.adopt(answer as never)).rejects.toThrow(new TypeError('No token. Check transport.'));
    expect(auth.getSnapshot()).toEqual({ status: 'signed-out' });
  },
);
