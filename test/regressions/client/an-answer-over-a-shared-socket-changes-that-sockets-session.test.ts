import { createTRPCClient, createWSClient, httpLink, type TRPCLink, wsLink } from '@trpc/client';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createDurinLink, type DurinLink, type DurinStorage, memoryStorage } from '../../../client/index.ts';
import { type AppRouter, alice, bob, transformer } from '../../integration/client/sdk-app.ts';
import { openSocketApp, type SocketApp } from '../../integration/client/socket-server.ts';

let app: SocketApp;
let url: string;
beforeAll(async () => {
  app = await openSocketApp();
  url = app.url;
});
afterAll(() => app.close());

function clientOf(sdk: DurinLink<AppRouter>, sending: TRPCLink<AppRouter>) {
  const trpc = createTRPCClient<AppRouter>({ links: [sdk.link, sending] });
  sdk.auth.connect(trpc);
  return { auth: sdk.auth, trpc };
}

/** One tab whose calls all go over one socket, and another tab with the same storage. */
async function openTabs() {
  const listeners: (() => unknown)[] = [];
  const storage: DurinStorage = { ...memoryStorage(), watch: (_key, listener) => void listeners.push(listener) };
  const open = () => createDurinLink<AppRouter>({ path: 'auth', client: 'web', storage, refresh: false });
  const [one, other] = [open(), open()];
  const socket = createWSClient({ url: app.socketUrl, connectionParams: one.headers });
  onTestFinished(() => socket.close());
  return {
    tab: clientOf(one, wsLink({ client: socket, transformer })),
    other: clientOf(other, httpLink({ url, transformer, headers: other.headers })),
    /** Lets both tabs read what the other one has stored. */
    sync: () => Promise.all(listeners.map((listener) => listener())),
  };
}

test('a refresh of the socket’s session leaves another tab’s session', async () => {
  const { tab, other, sync } = await openTabs();
  await tab.auth.login(alice);
  await other.auth.login(bob);
  await sync();
  const signedIn = tab.auth.getSnapshot();
  expect(signedIn).toMatchObject({ user: { name: 'bob' } });
  app.clock.advance(60);
  await tab.auth.refresh();
  expect(tab.auth.getSnapshot()).toBe(signedIn);
});

test('a logout of the socket’s session leaves another tab’s session', async () => {
  const { tab, other, sync } = await openTabs();
  await tab.auth.login(alice);
  await other.auth.login(bob);
  await sync();
  await tab.auth.logout();
  await sync();
  expect(tab.auth.getSnapshot()).toMatchObject({ status: 'signed-in', user: { name: 'bob' } });
  expect(await other.trpc.me.query()).toBe('bob');
});

test('after a login over the socket, its answers are about that session', async () => {
  const { tab, other, sync } = await openTabs();
  await other.auth.login(bob);
  await sync();
  await tab.auth.login(alice);
  app.clock.advance(60);
  const before = tab.auth.getSnapshot();
  await tab.auth.refresh();
  expect(tab.auth.getSnapshot()).not.toEqual(before);
  await tab.auth.logout();
  expect(tab.auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'logged-out' });
});

test('an adopted answer that came over the socket moves it', async () => {
  const { tab } = await openTabs();
  await tab.auth.login(bob);
  await tab.auth.adopt({ ...(await tab.trpc.enter.mutate(1)) });
  expect(await tab.trpc.me.query()).toBe('alice');
  await tab.auth.logout();
  expect(tab.auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'logged-out' });
});

test('an adopted answer that came another way does not move the socket', async () => {
  const { tab, other } = await openTabs();
  await tab.auth.login(bob);
  await tab.auth.adopt(await other.trpc.enter.mutate(1));
  await tab.auth.logout(); // of bob, whose session the socket has
  expect(tab.auth.getSnapshot()).toMatchObject({ status: 'signed-in', user: { name: 'alice' } });
});

test('a late refusal of the socket’s old session does not end the new one', async () => {
  const { tab } = await openTabs();
  await tab.auth.login(alice);
  await app.durin.tokens.revokeAll({ user: 1 });
  const [late] = await Promise.allSettled([tab.trpc.me.query(), tab.auth.login(bob)]);
  expect(late.status).toBe('rejected');
  expect(tab.auth.getSnapshot()).toMatchObject({ status: 'signed-in', user: { name: 'bob' } });
});
