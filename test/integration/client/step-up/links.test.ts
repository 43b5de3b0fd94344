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
import { createDurinLink, type DurinLink } from '../../../../client/index.ts';
import { type AppRouter, alice, transformer } from '../sdk-app.ts';
import { openSocketApp, type SocketApp } from '../socket-server.ts';

let app: SocketApp;
let url: string;
beforeAll(async () => {
  app = await openSocketApp();
  url = app.url;
});
afterAll(() => app.close());

/** Passwords are hashed, which takes long on a busy machine. */
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 15_000 });

type Sdk = DurinLink<AppRouter>;
type Answer = typeof alice | null;

/** A client with a session that is not fresh. */
async function open(links: (sdk: Sdk) => TRPCLink<AppRouter>[], answer: () => Promise<Answer>) {
  const onReauthenticate = vi.fn<() => Promise<Answer>>(answer);
  const sdk = createDurinLink<AppRouter>({ path: 'auth', client: 'web', onReauthenticate });
  const trpc = createTRPCClient<AppRouter>({ links: [sdk.link, ...links(sdk)] });
  sdk.auth.connect(trpc);
  await sdk.auth.login(alice);
  app.clock.advance(3600);
  return { ...sdk, trpc, onReauthenticate };
}

const sockets = ({ perSession }: Sdk) =>
  perSession((headers) => {
    const client = createWSClient({ url: url.replace('http', 'ws'), connectionParams: headers });
    return { link: wsLink({ client, transformer }), close: () => client.close() };
  });

const events = ({ headers }: Sdk) =>
  httpSubscriptionLink<AppRouter, typeof EventSource>({
    url,
    transformer,
    EventSource,
    eventSourceOptions: ({ op }) => ({
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers({ op }) } }),
    }),
  });

test.each<[string, (sdk: Sdk) => TRPCLink<AppRouter>[]]>([
  ['httpLink', ({ headers }) => [httpLink({ url, transformer, headers })]],
  ['httpBatchLink', ({ headers }) => [httpBatchLink({ url, transformer, headers })]],
  ['httpBatchStreamLink', ({ headers }) => [httpBatchStreamLink({ url, transformer, headers })]],
  ['wsLink, a socket for each session', (sdk) => [sockets(sdk)]],
])('over %s, calls wait for the user once', async (_, links) => {
  const { trpc, auth, onReauthenticate } = await open(links, async () => alice);
  const calls = Promise.all([trpc.erase.mutate(), trpc.me.query(), trpc.secrets.query(), trpc.erase.mutate()]);
  expect(await calls).toEqual(['alice', 'alice', 'secrets of alice', 'alice']);
  expect(onReauthenticate).toHaveBeenCalledTimes(1);
  expect(auth.getSnapshot().status).toBe('signed-in');
  auth.close();
});

const subscribing: [string, (sdk: Sdk) => TRPCLink<AppRouter>][] = [
  ['SSE', events],
  ['WebSocket', sockets],
];

function withSubscriptions(link: (sdk: Sdk) => TRPCLink<AppRouter>) {
  return (sdk: Sdk) => [
    splitLink({
      condition: ({ type }) => type === 'subscription',
      true: link(sdk),
      false: httpBatchLink({ url, transformer, headers: sdk.headers }),
    }),
  ];
}

test.each(subscribing)('a subscription over %s starts once the user has reauthenticated', async (_, link) => {
  const { trpc, auth, onReauthenticate } = await open(withSubscriptions(link), async () => alice);
  const onData = vi.fn<(name: string) => void>();
  const onError = vi.fn<(error: unknown) => void>();
  const running = trpc.watchSecrets.subscribe(undefined, { onData, onError });
  await until(() => expect(onData.mock.calls).toEqual([['alice']]));
  expect(onReauthenticate).toHaveBeenCalledTimes(1);
  expect(onError).not.toHaveBeenCalled();
  running.unsubscribe();
  auth.close();
});

test.each(subscribing)('a subscription over %s that is declined fails', async (_, link) => {
  const { trpc, auth } = await open(withSubscriptions(link), async () => null);
  const failure = await new Promise((resolve) => trpc.watchSecrets.subscribe(undefined, { onError: resolve }));
  expect(failure).toMatchObject({ data: { durin: { code: 'REAUTHENTICATION_REQUIRED', maxAge: 600 } } });
  expect(auth.getSnapshot().status).toBe('signed-in');
  auth.close();
});

test.each(subscribing)('a subscription over %s that was left is not started', async (_, link) => {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const { trpc, auth, onReauthenticate } = await open(withSubscriptions(link), () => promise);
  const onData = vi.fn<(name: string) => void>();
  const running = trpc.watchSecrets.subscribe(undefined, { onData });
  await until(() => expect(onReauthenticate).toHaveBeenCalledTimes(1));
  running.unsubscribe();
  resolve(alice);
  await until(async () => expect(await trpc.erase.mutate()).toBe('alice'));
  expect(onData).not.toHaveBeenCalled();
  auth.close();
});

test.each(subscribing)('a subscription over %s that waits fails with its session', async (_, link) => {
  const { promise } = Promise.withResolvers<Answer>();
  const { trpc, auth, onReauthenticate } = await open(withSubscriptions(link), () => promise);
  const { promise: failure, resolve: onError } = Promise.withResolvers<unknown>();
  const onComplete = vi.fn<() => void>();
  trpc.watchSecrets.subscribe(undefined, { onError, onComplete });
  await until(() => expect(onReauthenticate).toHaveBeenCalledTimes(1));
  await auth.logout();
  expect(await failure).toMatchObject({ data: { durin: { code: 'REAUTHENTICATION_REQUIRED' } } });
  expect(onComplete).not.toHaveBeenCalled();
  auth.close();
});

test('a subscription that reconnects later asks again, and then continues', async () => {
  const { trpc, auth, onReauthenticate } = await open(withSubscriptions(sockets), async () => alice);
  const onData = vi.fn<(event: { data: string }) => void>();
  const onError = vi.fn<(error: unknown) => void>();
  const running = trpc.watchNews.subscribe(undefined, { onData, onError });
  await until(() => expect(onData).toHaveBeenCalledTimes(1));
  await auth.reauthenticate(alice); // which must not count for a refusal an hour later
  app.clock.advance(3600);
  app.breakSockets();
  await until(() => expect(onData).toHaveBeenCalledTimes(2));
  expect(onData.mock.calls.map(([{ data }]) => data)).toEqual(['news 1', 'news 2']);
  expect(onReauthenticate).toHaveBeenCalledTimes(2);
  expect(onError).not.toHaveBeenCalled();
  running.unsubscribe();
  auth.close();
});

test('a subscription that waited completes once, with its session', async () => {
  const { trpc, auth } = await open(withSubscriptions(sockets), async () => alice);
  const onData = vi.fn<(name: string) => void>();
  const onComplete = vi.fn<() => void>();
  trpc.watchSecrets.subscribe(undefined, { onData, onComplete });
  await until(() => expect(onData).toHaveBeenCalledTimes(1));
  await auth.logout();
  await until(() => expect(onComplete).toHaveBeenCalledTimes(1));
  auth.close();
});
