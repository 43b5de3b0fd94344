import { createTRPCClient, createWSClient, httpLink, splitLink, wsLink } from '@trpc/client';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createDurinLink, type DurinStorage, memoryStorage } from '../../../../client/index.ts';
import { type AppRouter, alice, bob, transformer, url } from '../sdk-app.ts';
import { openSocketApp, type SocketApp } from '../socket-server.ts';
import { type Ask, refusal, refused, until } from './stale-session.ts';

let app: SocketApp;
beforeAll(async () => {
  app = await openSocketApp();
});
afterAll(() => app.close());

/** Opens a tab whose socket has a session of alice, though bob has signed in since, in another tab. No session is fresh. */
async function openTab(isOverSocket: (path: string) => boolean) {
  const listeners: (() => unknown)[] = [];
  const storage: DurinStorage = { ...memoryStorage(), watch: (_key, listener) => void listeners.push(listener) };
  const network = app.connect();
  const onReauthenticate = vi.fn<Ask>(async () => null);
  const open = () =>
    createDurinLink<AppRouter>({ path: 'auth', client: 'web', storage, refresh: false, onReauthenticate });
  const [tab, other] = [open(), open()];
  const socket = createWSClient({ url: app.socketUrl, connectionParams: tab.headers });
  onTestFinished(() => socket.close());
  const trpc = createTRPCClient<AppRouter>({
    links: [
      tab.link,
      splitLink({
        condition: ({ path }) => isOverSocket(path),
        true: wsLink({ client: socket, transformer }),
        false: httpLink({ url, transformer, headers: tab.headers, fetch: network.fetch }),
      }),
    ],
  });
  tab.auth.connect(trpc);
  await tab.auth.login(alice);
  const { fetch } = app.connect();
  const otherLinks = [other.link, httpLink<AppRouter>({ url, transformer, headers: other.headers, fetch })];
  other.auth.connect(createTRPCClient<AppRouter>({ links: otherLinks }));
  await other.auth.login(bob);
  for (const listener of listeners) await listener();
  app.clock.advance(3600);
  return { ...tab, trpc, network, onReauthenticate };
}

test('a refusal of the socket’s session asks no other user', async () => {
  const { trpc, auth, onReauthenticate } = await openTab(() => true);
  await expect(trpc.erase.mutate()).rejects.toMatchObject(refused(refusal));
  expect(onReauthenticate).not.toHaveBeenCalled();
  expect(auth.getSnapshot()).toMatchObject({ status: 'signed-in', user: { name: 'bob' } });
});

test('a reauthentication over a socket counts for its session only', async () => {
  const { trpc, auth, network, onReauthenticate } = await openTab((path) => path.startsWith('auth.'));
  network.hold('erase');
  const late = trpc.erase.mutate();
  await until(() => expect(network.held).toHaveLength(1));
  await auth.reauthenticate(alice);
  network.release('erase');
  await expect(late).rejects.toMatchObject(refused(refusal));
  expect(onReauthenticate).toHaveBeenCalledTimes(1);
  expect(network.seen.map(({ calls }) => calls)).toEqual(['erase']);
});
