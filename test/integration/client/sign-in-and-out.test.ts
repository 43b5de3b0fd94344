import { safe, TRPCClientError } from '@trpc/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDurinClient, durinErrorOf, memoryStorage, webStorage } from '../../../client/index.ts';
import { type AppRouter, alice, bob, FakeWebStorage, openSdkApp, type TestApp, transformer, url } from './sdk-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await openSdkApp();
});
afterAll(() => app.close());

function open({ storage = memoryStorage(), network = app.connect() } = {}) {
  const options = { url, transformer, path: 'auth', client: 'web', storage, fetch: network.fetch } as const;
  return { ...createDurinClient<AppRouter>(options), network };
}

test('a login signs in, every call has its token, a logout signs out', async () => {
  const { trpc, auth, network } = open();
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out' });
  const { token, expiry, user } = await auth.login(alice);
  expect(auth.getSnapshot()).toEqual({ status: 'signed-in', expiry, user: { id: 1n, name: 'alice' } });
  expect(user.name).toBe('alice');
  expect(await trpc.me.query()).toBe('alice');
  expect(network.seen.at(-1)).toEqual({ calls: 'me', authorization: `Token ${token}` });
  await auth.logout();
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'logged-out' });
  expect(await trpc.hello.query()).toBe('stranger');
  expect(network.seen.at(-1)).toEqual({ calls: 'hello', authorization: null });
});

test('snapshots are stable, and listeners are notified once per change', async () => {
  const { trpc, auth } = open();
  const listener = vi.fn<() => void>();
  const unsubscribe = auth.subscribe(listener);
  const before = auth.getSnapshot();
  expect(auth.getSnapshot()).toBe(before);
  await auth.login(alice);
  expect(listener).toHaveBeenCalledTimes(1);
  const signedIn = auth.getSnapshot();
  expect(signedIn).not.toBe(before);
  await trpc.me.query();
  expect(auth.getSnapshot()).toBe(signedIn);
  unsubscribe();
  await auth.logoutAll();
  expect(listener).toHaveBeenCalledTimes(1);
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'logged-out' });
});

test('a login sends the name of the device, unless it names another', async () => {
  const { deviceName, fetch } = { deviceName: 'Alice’s laptop', fetch: app.connect().fetch };
  const { trpc, auth } = createDurinClient<AppRouter>({
    url,
    transformer,
    path: 'auth',
    client: 'cli',
    deviceName,
    fetch,
  });
  const names = async () =>
    (await trpc.auth.sessions.list.query()).flatMap(({ client, name }) => (client === 'cli' ? [name] : []));
  await auth.login(alice);
  expect(await names()).toEqual(['Alice’s laptop']);
  await auth.logout();
  await auth.login({ ...alice, deviceName: 'Kitchen' });
  expect(await names()).toEqual(['Kitchen']);
  await auth.logoutAll();
});

test('a name of more than 64 characters is refused at the login', async () => {
  const { fetch } = app.connect();
  const options = { url, transformer, path: 'auth', client: 'cli', fetch } as const;
  const { auth } = createDurinClient<AppRouter>({ ...options, deviceName: 'x'.repeat(65) });
  await expect(auth.login(alice)).rejects.toThrow('At most 64 characters.');
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out' });
});

test('the app’s own login, refresh and logout calls are followed', async () => {
  const { trpc, auth } = open();
  await trpc.auth.login.mutate({ ...alice, client: 'web' });
  expect(auth.getSnapshot()).toMatchObject({ status: 'signed-in', user: { name: 'alice' } });
  app.clock.advance(60);
  const { expiry } = await trpc.auth.refresh.mutate();
  expect(auth.getSnapshot()).toMatchObject({ status: 'signed-in', expiry, user: { name: 'alice' } });
  await trpc.auth.logout.mutate();
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'logged-out' });
});

test('wrong credentials sign nobody out and reject with the reason', async () => {
  const { auth } = open();
  await auth.login(alice);
  const signedIn = auth.getSnapshot();
  const [, error] = await safe(auth.login({ ...bob, password: 'wrong' }));
  expect(error?.data?.durin?.code).toBe('INVALID_CREDENTIALS');
  expect(auth.getSnapshot()).toBe(signedIn);
});

const refusalOf = (call: Promise<unknown>) => call.then(() => 'none', durinErrorOf);

test('durinErrorOf returns the reason of any caught error', async () => {
  const { trpc, auth, network } = open();
  expect(await refusalOf(trpc.me.query())).toEqual({ code: 'NO_CREDENTIALS' });
  await auth.login(bob);
  await trpc.throttled.query();
  expect(await refusalOf(trpc.throttled.query())).toEqual({
    code: 'THROTTLED',
    scope: 'test',
    retryAfter: expect.any(Number),
  });
  network.breakDown(true);
  expect(await refusalOf(trpc.me.query())).toBeUndefined();
  for (const other of [undefined, null, 'text', new Error('other'), { data: null }, { data: 'text' }]) {
    expect(durinErrorOf(other)).toBeUndefined();
  }
  await app.durin.tokens.revokeAll({ user: 2 });
});

test('a revoked token signs out as revoked, an expired one as expired', async () => {
  const { trpc, auth } = open();
  await auth.login(alice);
  await app.durin.tokens.revokeAll({ user: 1 });
  await expect(trpc.me.query()).rejects.toMatchObject({ data: { durin: { code: 'INVALID_TOKEN' } } });
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'revoked' });
  await auth.login(alice);
  app.clock.advance(86_400);
  await expect(trpc.me.query()).rejects.toMatchObject({ data: { durin: { code: 'TOKEN_EXPIRED' } } });
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'expired' });
});

test('a token that expired and was purged signs out as expired', async () => {
  const { trpc, auth } = open();
  await auth.login(alice);
  app.clock.advance(86_400);
  await app.durin.tokens.purgeExpired();
  vi.setSystemTime(app.clock());
  await expect(trpc.me.query()).rejects.toMatchObject({ data: { durin: { code: 'INVALID_TOKEN' } } });
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'expired' });
  vi.useRealTimers();
});

test('a refusal inside a batch signs out as well', async () => {
  const { trpc, auth } = open();
  await auth.login(bob);
  await app.durin.tokens.revokeAll({ user: 2 });
  const [me, hello] = await Promise.allSettled([trpc.me.query(), trpc.throttled.query()]);
  expect([me.status, hello.status]).toEqual(['rejected', 'rejected']);
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'revoked' });
});

test('outages and throttling sign nobody out', async () => {
  const { trpc, auth, network } = open();
  await auth.login(bob);
  await trpc.throttled.query();
  await expect(trpc.throttled.query()).rejects.toMatchObject({ data: { durin: { code: 'THROTTLED' } } });
  network.breakDown(true);
  await expect(trpc.me.query()).rejects.toBeInstanceOf(TRPCClientError);
  await expect(auth.logout()).rejects.toBeInstanceOf(TRPCClientError);
  expect(auth.getSnapshot()).toMatchObject({ status: 'signed-in' });
  network.breakDown(false);
  expect(await trpc.me.query()).toBe('bob');
});

test('a logout of an ended session succeeds; a logoutAll is refused', async () => {
  const { auth } = open();
  await auth.login(alice);
  await app.durin.tokens.revokeAll({ user: 1 });
  await auth.logout();
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'logged-out' });
  await auth.logout(); // nobody is signed in
  await auth.login(alice);
  await app.durin.tokens.revokeAll({ user: 1 });
  await expect(auth.logoutAll()).rejects.toMatchObject({ data: { durin: { code: 'INVALID_TOKEN' } } });
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'logged-out' });
});

test('a logoutAll signs out here, even if it spares this very API key', async () => {
  const network = app.connect();
  const options = { url, transformer, path: 'auth', client: 'api', fetch: network.fetch } as const;
  const { auth } = createDurinClient<AppRouter>(options);
  const web = open();
  await web.auth.login(alice);
  const { token } = await auth.login(alice);
  await auth.logoutAll({ exceptApiAccess: true });
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'logged-out' });
  await expect(web.trpc.me.query()).rejects.toMatchObject({ data: { durin: { code: 'INVALID_TOKEN' } } });
  expect((await auth.login(alice)).token).toBe(token); // the key is as it was
});

test('a session and its user are restored at once after a reload', async () => {
  const local = new FakeWebStorage();
  const first = open({ storage: webStorage(local) });
  const { expiry } = await first.auth.login(alice);
  first.auth.close();
  const { trpc, auth } = open({ storage: webStorage(local) });
  expect(auth.getSnapshot()).toEqual({ status: 'signed-in', expiry, user: { id: 1n, name: 'alice' } });
  expect(await trpc.me.query()).toBe('alice');
  await auth.logout();
  expect(local.values.size).toBe(0);
});

test('a logger that prints a call does not print the token', async () => {
  const { inspect } = await import('node:util');
  const { createTRPCClient, httpBatchLink } = await import('@trpc/client');
  const { createDurinLink } = await import('../../../client/index.ts');
  const printed: string[] = [];
  const { link, headers, auth } = createDurinLink<AppRouter>({ path: 'auth', client: 'web' });
  const trpc = createTRPCClient<AppRouter>({
    links: [
      link,
      () =>
        ({ op, next }) => {
          printed.push(inspect(op, { depth: 9, showHidden: true }), JSON.stringify(op));
          return next(op);
        },
      httpBatchLink({ url, transformer, headers, fetch: app.connect().fetch }),
    ],
  });
  const { token } = await trpc.auth.login.mutate({ ...alice, client: 'web' });
  await trpc.me.query();
  expect(printed).toHaveLength(4);
  expect(printed.join('\n')).not.toContain(token);
  expect(auth.getSnapshot().status).toBe('signed-in');
});

test('two clients that are signed out share no refresh', async () => {
  const [one, two] = [open(), open()];
  one.network.hold('auth.refresh');
  const first = one.auth.refresh().catch(() => 'refused');
  const second = two.auth.refresh().catch(() => 'refused');
  expect(await second).toBe('refused');
  expect(two.network.seen.map(({ calls }) => calls)).toEqual(['auth.refresh']);
  one.network.release('auth.refresh');
  expect(await first).toBe('refused');
});
