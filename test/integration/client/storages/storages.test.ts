import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createDurinClient, type DurinStorage, memoryStorage, webStorage } from '../../../../client/index.ts';
import { openFakePage } from '../fake-page.ts';
import {
  type AppRouter,
  alice,
  asyncStorage,
  bob,
  FakeWebStorage,
  openSdkApp,
  type TestApp,
  transformer,
  url,
} from '../sdk-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await openSdkApp();
});
afterAll(() => app.close());
afterEach(() => vi.unstubAllGlobals());

function open(storage: DurinStorage) {
  const network = app.connect();
  const onStorageError = vi.fn<(error: unknown) => void>();
  const options = { url, transformer, path: 'auth', client: 'web', storage, onStorageError } as const;
  return { ...createDurinClient<AppRouter>({ ...options, fetch: network.fetch }), network, onStorageError };
}

const signedInAs = (name: string) => ({ status: 'signed-in', user: { name } });

test('an async storage is read before the first call is sent', async () => {
  const values = new Map<string, string>();
  const first = open(asyncStorage(values));
  await first.auth.login(alice);
  expect(values.size).toBe(1); // a login is answered when it is stored
  const { trpc, auth } = open(asyncStorage(values));
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out' });
  const me = trpc.me.query();
  await auth.ready;
  expect(auth.getSnapshot()).toMatchObject(signedInAs('alice'));
  expect(await me).toBe('alice');
  await auth.logout();
  expect(values.size).toBe(0);
});

test('a storage that answers out of order ends with the last write', async () => {
  const values = new Map<string, string>();
  const delays = [30, 1, 20, 1];
  const late = () => new Promise((resolve) => setTimeout(resolve, delays.pop() ?? 0));
  const { auth } = open({
    get: async (key) => values.get(key),
    set: async (key, value) => late().then(() => values.set(key, value)),
    remove: async (key) => late().then(() => values.delete(key)),
  });
  await Promise.all([auth.login(alice), auth.login(bob)]);
  expect(auth.getSnapshot()).toMatchObject(signedInAs('bob'));
  expect([...values.values()].join('\n')).toContain('bob');
  await auth.logout();
  expect(values.size).toBe(0);
});

test.each([
  'garbage',
  '{}',
  '[]',
  'null',
  '5',
  '{"token":5}',
  '{"token":""}',
  '{"token":"two words"}',
  '{"token":"line\\nbreak"}',
  '{"token":"x","refreshAt":"soon"}',
])('a storage that holds %s counts as empty', async (garbage) => {
  const local = new FakeWebStorage();
  local.setItem('durin.auth.web', garbage);
  const { trpc, auth } = open(webStorage(local));
  await expect(trpc.me.query()).rejects.toMatchObject({ data: { code: 'UNAUTHORIZED' } });
  expect(auth.getSnapshot().status).toBe('signed-out');
  await auth.login(alice);
  expect(await trpc.me.query()).toBe('alice');
  await auth.logout();
  expect(local.values.size).toBe(0);
});

function forbidden(): never {
  throw new DOMException('no access', 'SecurityError');
}

test('without localStorage the session is kept in memory', async () => {
  for (const storage of [webStorage(undefined), webStorage(() => undefined), webStorage(forbidden)]) {
    const { trpc, auth } = open(storage);
    await auth.login(alice);
    expect(await trpc.me.query()).toBe('alice');
  }
});

test('tabs follow each other’s logins, changes of user and logouts', async () => {
  const page = openFakePage();
  const local = new FakeWebStorage();
  const [one, two] = [open(webStorage(local)), open(webStorage(local))];
  const onChange = vi.fn<() => void>();
  two.auth.subscribe(onChange);
  for (const user of [alice, bob]) {
    await one.auth.login(user);
    page.notifyOfStorage(local, 'durin.auth.web');
    await vi.waitFor(() => expect(two.auth.getSnapshot()).toEqual(one.auth.getSnapshot()));
    expect(await two.trpc.me.query()).toBe(user.username);
  }
  page.notifyOfStorage(local, 'another key');
  page.notifyOfStorage(new FakeWebStorage());
  await two.auth.logout();
  page.notifyOfStorage(local);
  await vi.waitFor(() => expect(one.auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'logged-out' }));
  expect(onChange).toHaveBeenCalledTimes(3);
});

test('tabs show why a session has ended, whichever of them noticed it', async () => {
  const page = openFakePage();
  const local = new FakeWebStorage();
  const [one, two] = [open(webStorage(local)), open(webStorage(local))];
  await one.auth.login(alice);
  page.notifyOfStorage(local);
  await vi.waitFor(() => expect(two.auth.getSnapshot()).toMatchObject(signedInAs('alice')));
  await app.durin.tokens.revokeAll({ user: 1 });
  await expect(one.trpc.me.query()).rejects.toMatchObject({ data: { durin: { code: 'INVALID_TOKEN' } } });
  page.notifyOfStorage(local);
  await vi.waitFor(() => expect(two.auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'revoked' }));
  expect([...local.values.values()]).toEqual(['revoked']);
  expect(open(webStorage(local)).auth.getSnapshot()).toEqual({ status: 'signed-out' });
});

test('a refusal in one tab does not end a newer session of another tab', async () => {
  const local = new FakeWebStorage();
  const [one, two] = [open(webStorage(local)), open(webStorage(local))];
  await one.auth.login(alice);
  await app.durin.tokens.revokeAll({ user: 1 });
  await two.auth.login(bob); // the first tab has not been notified yet
  await expect(one.trpc.me.query()).rejects.toMatchObject({ data: { durin: { code: 'INVALID_TOKEN' } } });
  expect(local.values.size).toBe(1);
  expect(one.auth.getSnapshot()).toMatchObject(signedInAs('bob'));
});

test('a refresh in one tab does not overwrite a login in another', async () => {
  const local = new FakeWebStorage();
  const one = open(webStorage(local));
  await one.auth.login(alice);
  const two = open(webStorage(local));
  one.network.hold('auth.refresh');
  const late = one.auth.refresh();
  await vi.waitFor(() => expect(one.network.held).toHaveLength(1));
  await two.auth.login(bob);
  one.network.release('auth.refresh');
  await late;
  expect([...local.values.values()].join('\n')).toContain('bob');
  expect(one.auth.getSnapshot()).toMatchObject(signedInAs('bob'));
});

test('two clients of one page do not share a session', async () => {
  const storage = webStorage(new FakeWebStorage());
  const { fetch } = app.connect();
  const web = open(storage);
  const api = createDurinClient<AppRouter>({ url, transformer, path: 'auth', client: 'api', storage, fetch });
  await web.auth.login(alice);
  await api.auth.login(bob);
  expect([await web.trpc.me.query(), await api.trpc.me.query()]).toEqual(['alice', 'bob']);
});

test('a listener that throws affects no other listener and no call', async () => {
  const { auth } = open(memoryStorage());
  const thrown = new Error('a listener of the app failed');
  const uncaught = vi.fn<(error: unknown) => void>();
  const before = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException').on('uncaughtException', uncaught);
  const onChange = vi.fn<() => void>();
  auth.subscribe(() => {
    throw thrown;
  });
  auth.subscribe(onChange);
  await auth.login(alice);
  await vi.waitFor(() => expect(uncaught).toHaveBeenCalledWith(thrown, 'uncaughtException'));
  process.removeAllListeners('uncaughtException');
  for (const listener of before) process.on('uncaughtException', listener);
  expect(onChange).toHaveBeenCalledTimes(1);
});
