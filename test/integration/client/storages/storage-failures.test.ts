import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createDurinClient, type DurinStorage, memoryStorage, webStorage } from '../../../../client/index.ts';
import { openFakePage } from '../fake-page.ts';
import { type AppRouter, alice, bob, FakeWebStorage, openSdkApp, type TestApp, transformer, url } from '../sdk-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await openSdkApp();
});
afterAll(() => app.close());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function open(storage: DurinStorage, onStorageError = vi.fn<(error: unknown) => void>()) {
  const { fetch } = app.connect();
  const options = { url, transformer, path: 'auth', client: 'web', storage, onStorageError, fetch } as const;
  return { ...createDurinClient<AppRouter>(options), onStorageError };
}

const signedInAs = (name: string) => ({ status: 'signed-in', user: { name } });

const failing = () => {
  throw new Error('no access');
};
const rejecting = () => Promise.reject(new Error('no access'));
test.each<[string, DurinStorage]>([
  ['throws', { get: failing, set: failing, remove: failing }],
  ['rejects', { get: rejecting, set: rejecting, remove: rejecting }],
  ['is full', { ...memoryStorage(), set: failing }],
])('with a storage that %s the session is kept in memory', async (_, storage) => {
  const { trpc, auth, onStorageError } = open(storage);
  await auth.login(alice);
  expect(await trpc.me.query()).toBe('alice');
  await auth.refresh();
  expect(auth.getSnapshot()).toMatchObject(signedInAs('alice'));
  expect(onStorageError).toHaveBeenCalledWith(new Error('no access'));
  await auth.logout();
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'logged-out' });
});

test('a storage that became full does not keep another user’s session', async () => {
  const local = new FakeWebStorage();
  const { auth } = open(webStorage(local));
  await auth.login(alice);
  vi.spyOn(local, 'setItem').mockImplementation(failing);
  await auth.login(bob);
  expect(auth.getSnapshot()).toMatchObject(signedInAs('bob'));
  expect(local.values.size).toBe(0);
});

test('after a refresh that cannot be stored, the old text still serves', async () => {
  const page = openFakePage();
  const local = new FakeWebStorage();
  const one = open(webStorage(local));
  await one.auth.login(alice);
  const two = open(webStorage(local));
  const stored = [...local.values];
  vi.spyOn(local, 'setItem').mockImplementation(failing);
  app.clock.advance(60);
  const { expiry } = await one.auth.refresh();
  expect(one.auth.getSnapshot()).toMatchObject({ ...signedInAs('alice'), expiry });
  expect([...local.values]).toEqual(stored);

  page.notifyOfStorage(local);
  expect(await two.trpc.me.query()).toBe('alice');
  expect(open(webStorage(local)).auth.getSnapshot()).toMatchObject(signedInAs('alice'));
  await one.auth.refresh();
  expect(one.onStorageError).toHaveBeenCalledTimes(2);
});

test('an onStorageError that throws is logged and fails nothing else', async () => {
  const second = new Error('the handler failed');
  const consoleError = vi.spyOn(console, 'error').mockReturnValue();
  const onStorageError = vi.fn<(error: unknown) => void>(() => {
    throw second;
  });
  const { auth, trpc } = open({ get: failing, set: failing, remove: failing }, onStorageError);
  await auth.login(alice);
  await auth.login(bob);
  expect(await trpc.me.query()).toBe('bob');
  await auth.logout();
  expect(auth.getSnapshot().status).toBe('signed-out');
  expect(consoleError).toHaveBeenCalledWith(second);
});
