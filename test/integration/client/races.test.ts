import { createTRPCClient, httpBatchLink, httpLink, retryLink, type TRPCLink } from '@trpc/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  createDurinClient,
  createDurinLink,
  type DurinLink,
  memoryStorage,
  webStorage,
} from '../../../client/index.ts';
import {
  type AppRouter,
  alice,
  bob,
  FakeWebStorage,
  type LinkFetch,
  openSdkApp,
  type TestApp,
  transformer,
  url,
} from './sdk-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await openSdkApp();
});
afterAll(() => app.close());

function open({ storage = memoryStorage(), network = app.connect() } = {}) {
  const options = { url, transformer, path: 'auth', client: 'web', storage, fetch: network.fetch } as const;
  return { ...createDurinClient<AppRouter>(options), network };
}

/** Waits until the network holds back the answer to these calls. */
const isHeld = (network: ReturnType<TestApp['connect']>, calls: string) =>
  vi.waitFor(() => expect(network.held.map((entry) => entry.calls)).toContain(calls));

test('an answer after the logout reaches its caller and changes nothing', async () => {
  const { trpc, auth, network } = open();
  await auth.login(alice);
  network.hold('me');
  const late = trpc.me.query();
  await isHeld(network, 'me');
  await auth.logout();
  const signedOut = auth.getSnapshot();
  network.release('me');
  expect(await late).toBe('alice');
  expect(auth.getSnapshot()).toBe(signedOut);
});

test('a late refusal of an old token does not end the new session', async () => {
  const { trpc, auth, network } = open();
  await auth.login(alice);
  await app.durin.tokens.revokeAll({ user: 1 });
  network.hold('me');
  const late = trpc.me.query();
  await isHeld(network, 'me');
  await auth.login(bob);
  const signedIn = auth.getSnapshot();
  network.release('me');
  await expect(late).rejects.toMatchObject({ data: { durin: { code: 'INVALID_TOKEN' } } });
  expect(auth.getSnapshot()).toBe(signedIn);
  expect(await trpc.me.query()).toBe('bob');
});

test('a late refusal does not end a login that got the same token again', async () => {
  const { trpc, auth, network } = open();
  const { token } = await auth.login(alice);
  network.mangle('me');
  network.hold('me');
  const late = trpc.me.query();
  await isHeld(network, 'me');
  expect((await auth.login(alice)).token).toBe(token);
  network.release('me');
  await expect(late).rejects.toMatchObject({ data: { durin: { code: 'INVALID_TOKEN' } } });
  expect(auth.getSnapshot().status).toBe('signed-in');
});

test('a late refresh neither restores its session nor changes the next one', async () => {
  const { auth, network } = open();
  await auth.login(alice);
  network.hold('auth.refresh');
  const late = auth.refresh();
  await isHeld(network, 'auth.refresh');
  await auth.logout();
  await auth.login(bob);
  const signedIn = auth.getSnapshot();
  network.release('auth.refresh');
  await late;
  expect(auth.getSnapshot()).toBe(signedIn);
});

test('a late logout does not end a newer session', async () => {
  const { auth, network } = open();
  await auth.login(alice);
  network.hold('auth.logout');
  const late = auth.logout();
  await isHeld(network, 'auth.logout');
  await auth.login(bob);
  const signedIn = auth.getSnapshot();
  network.release('auth.logout');
  await late;
  expect(auth.getSnapshot()).toBe(signedIn);
});

test('each session has one refresh at a time, also while an old one is late', async () => {
  const { auth, network } = open();
  const refreshes = () => network.seen.filter(({ calls }) => calls === 'auth.refresh').length;
  await auth.login(alice);
  network.hold('auth.refresh');
  const late = auth.refresh();
  await isHeld(network, 'auth.refresh');
  await auth.login(bob);
  network.hold('auth.refresh');
  const first = auth.refresh();
  await vi.waitFor(() => expect(network.held).toHaveLength(2));
  network.release('auth.refresh');
  await late;
  const second = auth.refresh();
  expect(second).toBe(first);
  network.release('auth.refresh');
  await second;
  expect(refreshes()).toBe(2);
});

test('of two logins, the one that was called last counts', async () => {
  const { auth, network } = open();
  network.hold('auth.login');
  const first = auth.login(alice);
  await isHeld(network, 'auth.login');
  await auth.login(bob);
  network.release('auth.login');
  await first;
  expect(auth.getSnapshot()).toMatchObject({ user: { name: 'bob' } });
});

test('a refusal during a logout signs out as logged-out', async () => {
  const { trpc, auth, network } = open();
  await auth.login(alice);
  network.hold('auth.logout');
  const logout = auth.logout();
  await isHeld(network, 'auth.logout');
  await expect(trpc.me.query()).rejects.toMatchObject({ data: { durin: { code: 'INVALID_TOKEN' } } });
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'logged-out' });
  network.release('auth.logout');
  await logout;
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'logged-out' });
});

test('a batched call keeps its user when another user logs in meanwhile', async () => {
  const { trpc, auth, network } = open();
  await auth.login(alice);
  network.hold('auth.login');
  const login = auth.login(bob);
  await isHeld(network, 'auth.login');
  network.release('auth.login');
  const made = trpc.save.mutate();
  await login;
  expect(await made).toBe('alice');
  expect(await trpc.save.mutate()).toBe('bob');
});

test('calls of two users are sent in separate batches', async () => {
  const local = new FakeWebStorage();
  const elsewhere = open({ storage: webStorage(local) });
  await elsewhere.auth.login(bob);
  const stored = [...local.values];

  const storage = new FakeWebStorage();
  const events = new EventTarget();
  vi.stubGlobal('addEventListener', events.addEventListener.bind(events));
  const { trpc, auth, network } = open({ storage: webStorage(storage) });
  vi.unstubAllGlobals();
  await auth.login(alice);

  const ofAlice = trpc.save.mutate();
  for (const [key, value] of stored) storage.setItem(key, value);
  events.dispatchEvent(Object.assign(new Event('storage'), { key: null, storageArea: storage }));
  await vi.waitFor(() => expect(auth.getSnapshot()).toMatchObject({ user: { name: 'bob' } }), { interval: 0 });
  const ofBob = trpc.save.mutate();

  expect(await Promise.all([ofAlice, ofBob])).toEqual(['alice', 'bob']);
  expect(network.seen.filter(({ calls }) => calls.startsWith('save')).map(({ calls }) => calls)).toEqual([
    'save',
    'save',
  ]);
});

test('a call that an earlier link retries keeps its user', async () => {
  const network = app.connect();
  const { link, headers, auth } = createDurinLink<AppRouter>({ path: 'auth', client: 'web' });
  const trpc = createTRPCClient<AppRouter>({
    links: [
      retryLink({ retry: ({ error }) => error.message === 'fetch failed', retryDelayMs: () => 50 }),
      link,
      httpLink({ url, transformer, headers, fetch: network.fetch }),
    ],
  });
  await trpc.auth.login.mutate({ ...alice, client: 'web' });
  network.breakDown(true);
  const made = trpc.save.mutate();
  await vi.waitFor(() => expect(network.seen.at(-1)?.calls).toBe('save'));
  network.breakDown(false);
  await auth.login(bob);
  expect(await made).toBe('alice');
});

/** Opens an app's own client, which batches calls. It makes calls after an answer has arrived and before it is read. */
function openOwn(links: (sdk: DurinLink<AppRouter>, fetch: LinkFetch) => TRPCLink<AppRouter>) {
  const network = app.connect();
  const sdk = createDurinLink<AppRouter>({ path: 'auth', client: 'web' });
  const whenAnswered: (() => Promise<string>)[] = [];
  const made: Promise<string>[] = [];
  const sending = links(sdk, async (input, init) => {
    const response = await network.fetch(input, init);
    for (const call of whenAnswered.splice(0)) made.push(call());
    return response;
  });
  return { ...sdk, trpc: createTRPCClient<AppRouter>({ links: [sdk.link, sending] }), network, whenAnswered, made };
}

test('with perSession batches, concurrent calls of two users both succeed', async () => {
  const { trpc, whenAnswered, made } = openOwn(({ perSession }, fetch) =>
    perSession((headers) => ({ link: httpBatchLink({ url, transformer, headers, fetch }) })),
  );
  await trpc.auth.login.mutate({ ...alice, client: 'web' });
  whenAnswered.push(() => trpc.save.mutate());
  await trpc.auth.login.mutate({ ...bob, client: 'web' });
  expect(await Promise.all([...made, trpc.save.mutate()])).toEqual(['alice', 'bob']);
});

test('with one batch for all, concurrent calls of two users are not sent', async () => {
  const { trpc, whenAnswered, made, network } = openOwn(({ headers }, fetch) =>
    httpBatchLink({ url, transformer, headers, fetch }),
  );
  await trpc.auth.login.mutate({ ...alice, client: 'web' });
  whenAnswered.push(() => trpc.save.mutate());
  await trpc.auth.login.mutate({ ...bob, client: 'web' });
  const results = await Promise.allSettled([...made, trpc.save.mutate()]);
  expect(results).toMatchObject([
    { status: 'rejected', reason: { message: 'Mixed sessions in a batch.' } },
    { status: 'rejected', reason: { message: 'Mixed sessions in a batch.' } },
  ]);
  expect(network.seen.map(({ calls }) => calls)).toEqual(['auth.login', 'auth.login']);
  expect(await trpc.save.mutate()).toBe('bob');
});
