import { createTRPCClient, httpLink, safe, splitLink, type TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createDurinLink, webStorage } from '../../../client/index.ts';
import { secret } from '../../support/app.ts';
import { type AppRouter, alice, FakeWebStorage, openSdkApp, type TestApp, transformer, url } from './sdk-app.ts';
import { openTimedSdks, sent } from './timed-sdks.ts';

const halfDay = 12 * 3_600_000;
const newSecret = 'the next secret of the tests, long enough too';

let app: TestApp;
beforeAll(async () => {
  app = await openSdkApp();
});
afterAll(() => app.close());

let { page, open, pass, close } = {} as ReturnType<typeof openTimedSdks>;
beforeEach(() => {
  app.rotate(secret);
  ({ page, open, pass, close } = openTimedSdks(app));
});
afterEach(() => close());

/** A link that answers nothing. */
const silent: TRPCLink<AppRouter> = () => () => observable(() => undefined);

/** Reads the token that the SDK has stored. */
function tokenIn(storage: FakeWebStorage): unknown {
  const [text = '{}'] = storage.values.values();
  return (JSON.parse(text) as { token?: unknown }).token;
}

test('a session survives the rotation after an explicit refresh', async () => {
  const source = new FakeWebStorage();
  const { trpc, auth, network } = open({ storage: webStorage(source), refresh: false });
  const { token } = await auth.login(alice);
  app.rotate([newSecret, secret]);
  const { token: resigned } = await auth.refresh();
  expect(resigned).not.toBe(token);
  expect(tokenIn(source)).toBe(resigned);
  expect(await auth.refresh()).not.toHaveProperty('token');
  app.rotate(newSecret);
  expect(await sent(trpc.me.query())).toBe('alice');
  expect(network.seen.at(-1)?.authorization).toBe(`Token ${resigned}`);
  expect(await auth.logout()).toBeUndefined();
});

test('without a refresh the session ends with the old secret', async () => {
  const { trpc, auth } = open({ refresh: false });
  await auth.login(alice);
  app.rotate(newSecret);
  const [, refusal] = await sent(safe(trpc.me.query()));
  expect(refusal?.data?.durin).toEqual({ code: 'INVALID_TOKEN' });
  expect(auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'revoked' });
});

test('the automatic refresh of one tab renews the token of all', async () => {
  const source = new FakeWebStorage();
  const [first, second] = [open({ storage: webStorage(source) }), open({ storage: webStorage(source) })];
  const { token } = await first.auth.login(alice);
  page.notifyOfStorage(source);
  await vi.waitFor(() => expect(second.auth.getSnapshot().status).toBe('signed-in'));
  app.rotate([newSecret, secret]);
  await pass(halfDay + 1000);
  await vi.waitFor(() => expect(first.refreshes() + second.refreshes()).toBe(1));
  await vi.waitFor(() => expect(tokenIn(source)).not.toBe(token));
  page.notifyOfStorage(source);
  app.rotate(newSecret);
  for (const { trpc } of [first, second]) expect(await sent(trpc.me.query())).toBe('alice');
});

test('a subscription in another tab outlasts the new token', async () => {
  const source = new FakeWebStorage();
  const storage = webStorage(source);
  const { auth } = open({ storage });
  await auth.login(alice);
  const network = app.connect();
  const other = createDurinLink<AppRouter>({ path: 'auth', client: 'web', storage, refresh: false });
  const { headers, link } = other;
  const calls = httpLink<AppRouter>({ url, transformer, headers, fetch: network.fetch });
  const trpc = createTRPCClient<AppRouter>({
    links: [link, splitLink({ condition: ({ type }) => type === 'subscription', true: silent, false: calls })],
  });
  const onComplete = vi.fn<() => void>();
  trpc.watch.subscribe(undefined, { onComplete });
  app.rotate([newSecret, secret]);
  const { token } = await auth.refresh();
  page.notifyOfStorage(source);
  await vi.waitFor(async () => {
    await trpc.me.query();
    expect(network.seen.at(-1)?.authorization).toBe(`Token ${token}`);
  });
  expect(onComplete).not.toHaveBeenCalled();
  await auth.logout();
  page.notifyOfStorage(source);
  await vi.waitFor(() => expect(onComplete).toHaveBeenCalledOnce());
  other.auth.close();
});

test('a new token that cannot be stored leaves the stored session', async () => {
  const source = new FakeWebStorage();
  const onStorageError = vi.fn<(error: unknown) => void>();
  const { trpc, auth } = open({ storage: webStorage(source), refresh: false, onStorageError });
  const { token } = await auth.login(alice);
  app.rotate([newSecret, secret]);
  vi.spyOn(source, 'setItem').mockImplementation(() => {
    throw new Error('full');
  });
  await auth.refresh();
  expect(onStorageError).toHaveBeenCalledOnce();
  expect(tokenIn(source)).toBe(token);
  expect(await sent(trpc.me.query())).toBe('alice');
});
