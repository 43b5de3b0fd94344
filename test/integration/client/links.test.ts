import {
  createTRPCClient,
  createWSClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  httpSubscriptionLink,
  splitLink,
  type TRPCLink,
  wsLink,
} from '@trpc/client';
import { EventSource } from 'eventsource';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDurinLink, type DurinLink, durinErrorOf } from '../../../client/index.ts';
import { type AppRouter, alice, bob, transformer } from './sdk-app.ts';
import { openSocketApp, type SocketApp } from './socket-server.ts';

let app: SocketApp;
let url: string;
let seenUrls: string[];
beforeAll(async () => {
  app = await openSocketApp();
  ({ url, seenUrls } = app);
});
afterAll(() => app.close());

type Sdk = DurinLink<AppRouter>;
type Credentials = typeof alice;

function open(links: (sdk: Sdk) => TRPCLink<AppRouter>[]) {
  const sdk = createDurinLink<AppRouter>({ path: 'auth', client: 'web' });
  const trpc = createTRPCClient<AppRouter>({ links: [sdk.link, ...links(sdk)] });
  const login = (user: Credentials) => trpc.auth.login.mutate({ ...user, client: 'web' });
  return { ...sdk, trpc, login };
}

const subscriptions = ({ headers }: Sdk) =>
  httpSubscriptionLink<AppRouter, typeof EventSource>({
    url,
    transformer,
    EventSource,
    eventSourceOptions: ({ op }) => ({
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers({ op }) } }),
    }),
  });

/** Opens a socket for each session. */
const sockets = ({ perSession }: Sdk) =>
  perSession((headers) => {
    const client = createWSClient({ url: url.replace('http', 'ws'), connectionParams: headers });
    return { link: wsLink({ client, transformer }), close: () => client.close() };
  });

test.each<[string, (sdk: Sdk) => TRPCLink<AppRouter>[]]>([
  ['httpLink', ({ headers }) => [httpLink({ url, transformer, headers })]],
  ['httpBatchLink', ({ headers }) => [httpBatchLink({ url, transformer, headers })]],
  ['httpBatchStreamLink', ({ headers }) => [httpBatchStreamLink({ url, transformer, headers })]],
  ['wsLink, a socket for each session', (sdk) => [sockets(sdk)]],
])('over %s: logins, calls, a revocation and a logout', async (_, links) => {
  const { trpc, auth, login } = open(links);
  expect(await trpc.hello.query()).toBe('stranger');
  await login(alice);
  expect(await Promise.all([trpc.me.query(), trpc.hello.query()])).toEqual(['alice', 'alice']);
  await login(bob);
  expect(await trpc.me.query()).toBe('bob');
  await app.durin.tokens.revokeAll({ user: 2 });
  await expect(trpc.me.query()).rejects.toMatchObject({ data: { durin: { code: 'INVALID_TOKEN' } } });
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'revoked' });
  expect(await trpc.hello.query()).toBe('stranger');
  await auth.login(alice);
  await auth.refresh();
  expect(await trpc.me.query()).toBe('alice');
  await auth.logout();
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'logged-out' });
  auth.close();
});

test('one socket with connectionParams follows logins and revocations', async () => {
  const clients: ReturnType<typeof createWSClient>[] = [];
  const { trpc, auth, login } = open(({ headers }) => {
    const client = createWSClient({ url: url.replace('http', 'ws'), connectionParams: headers });
    clients.push(client);
    return [wsLink({ client, transformer })];
  });
  await login(alice);
  expect(await trpc.me.query()).toBe('alice');
  await login(bob);
  expect(await trpc.me.query()).toBe('bob');
  await app.durin.tokens.revokeAll({ user: 2 });
  await expect(trpc.me.query()).rejects.toMatchObject({ data: { durin: { code: 'INVALID_TOKEN' } } });
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'revoked' });
  auth.close();
  await clients[0]?.close();
});

test('with a socket for each session, an adopted session has its own', async () => {
  const { trpc, auth, login } = open((sdk) => [sockets(sdk)]);
  auth.connect(trpc);
  await login(bob);
  await auth.adopt(await trpc.enter.mutate(1));
  expect(await trpc.me.query()).toBe('alice');
  await auth.logout();
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'logged-out' });
  auth.close();
});

test('after a login over HTTP, new calls use a new socket, old ones finish', async () => {
  const { trpc, auth, login } = open((sdk) => [
    splitLink({
      condition: ({ path }) => path.startsWith('auth.'),
      true: httpLink({ url, transformer, headers: sdk.headers }),
      false: sockets(sdk),
    }),
  ]);
  await login(alice);
  expect(await trpc.me.query()).toBe('alice');
  const late = trpc.save.mutate();
  await login(bob);
  expect(await trpc.save.mutate()).toBe('bob');
  expect(await late).toBe('alice');
  auth.close();
});

test.each<[string, (sdk: Sdk) => TRPCLink<AppRouter>]>([
  ['SSE', subscriptions],
  ['WebSocket', sockets],
])('a subscription over %s ends with its session; no URL has the token', async (_, link) => {
  seenUrls.length = 0;
  const { trpc, auth, login } = open((sdk) => [
    splitLink({
      condition: ({ type }) => type === 'subscription',
      true: link(sdk),
      false: httpBatchLink({ url, transformer, headers: sdk.headers }),
    }),
  ]);
  const { token } = await login(alice);
  const names: string[] = [];
  const onComplete = vi.fn<() => void>();
  const running = trpc.watch.subscribe(undefined, { onData: (name) => names.push(name), onComplete });
  await vi.waitFor(() => expect(names).toEqual(['alice']));
  await login(bob);
  await vi.waitFor(() => expect(onComplete).toHaveBeenCalledTimes(1));
  const next = trpc.watch.subscribe(undefined, { onData: (name) => names.push(name) });
  await vi.waitFor(() => expect(names).toEqual(['alice', 'bob']));
  expect(seenUrls.join('\n')).not.toContain(token);
  running.unsubscribe();
  next.unsubscribe();
  auth.close();
});

test.each<[string, (sdk: Sdk) => TRPCLink<AppRouter>]>([
  ['SSE', subscriptions],
  ['WebSocket', sockets],
])('a refused subscription over %s emits the reason and signs out', async (_, link) => {
  const { trpc, auth, login } = open((sdk) => [
    splitLink({
      condition: ({ type }) => type === 'subscription',
      true: link(sdk),
      false: httpBatchLink({ url, transformer, headers: sdk.headers }),
    }),
  ]);
  await login(alice);
  await app.durin.tokens.revokeAll({ user: 1 });
  const refusal = await new Promise((resolve) => trpc.watch.subscribe(undefined, { onError: resolve }));
  expect(refusal).toMatchObject({ data: { durin: { code: 'INVALID_TOKEN' } } });
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'revoked' });
  auth.close();
});

/** One socket for the whole app. */
const oneSocket = ({ headers }: Sdk) =>
  wsLink<AppRouter>({
    client: createWSClient({ url: url.replace('http', 'ws'), connectionParams: () => headers(), lazy: lazySocket }),
    transformer,
  });
const lazySocket = { enabled: true, closeMs: 0 };

const ends: Record<string, readonly [(sdk: ReturnType<typeof open>) => Promise<unknown>, string]> = {
  'a revocation': [() => app.durin.tokens.revokeAll({ user: 1 }), 'revoked'],
  'a logout': [({ trpc }) => trpc.auth.logout.mutate(), 'logged-out'],
};

test.each(
  Object.entries({ SSE: subscriptions, 'a WebSocket': sockets, 'one WebSocket': oneSocket }).flatMap(([name, link]) =>
    Object.keys(ends).map((end) => ({ name, link, end })),
  ),
)('over $name, $end ends a running subscription for good', async ({ link, end }) => {
  const sdk = open((links) => [
    splitLink({
      condition: ({ type }) => type === 'subscription',
      true: link(links),
      false: httpBatchLink({ url, transformer, headers: links.headers }),
    }),
  ]);
  const { trpc, auth, login } = sdk;
  await login(alice);
  const onData = vi.fn<(name: string) => void>();
  const over = Promise.withResolvers<unknown>();
  const isOver = over.resolve;
  trpc.watch.subscribe(undefined, { onData, onError: isOver, onComplete: () => isOver('complete') });
  await vi.waitFor(() => expect(onData).toHaveBeenCalledWith('alice'));
  seenUrls.length = 0;
  const [endSession, reason] = ends[end] as (typeof ends)[string];
  await endSession(sdk);
  // After a logout, the SDK completes it, unless the server's last event arrives first.
  expect([undefined, 'INVALID_TOKEN']).toContain(durinErrorOf(await over.promise)?.code);
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason });
  await trpc.hello.query(); // and what would have been sent before it
  expect(seenUrls.filter((seen) => seen.startsWith('/watch'))).toEqual([]);
  auth.close();
});

test('auth calls through the connected client, and rejects without one', async () => {
  const { trpc, auth } = open(({ headers }) => [httpBatchLink({ url, transformer, headers })]);
  await expect(auth.login(alice)).rejects.toThrow('Call auth.connect first.');
  auth.connect(trpc);
  await auth.login(alice);
  expect(await trpc.me.query()).toBe('alice');
  auth.close();
});
