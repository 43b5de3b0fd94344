import {
  createTRPCClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  type Operation,
  splitLink,
  type TRPCLink,
} from '@trpc/client';
import superjson from 'superjson';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createDurinLink } from '../../../../client/index.ts';
import { openFakePage } from '../fake-page.ts';
import { type AppRouter, alice, nameIn, openBrowser, openCookieApp } from './cookie-pages.ts';

let app: Awaited<ReturnType<typeof openCookieApp>>;
beforeAll(async () => {
  app = await openCookieApp();
});
afterAll(() => app.close());

let browser: ReturnType<typeof openBrowser>;
beforeEach(() => {
  openFakePage();
  browser = openBrowser(app);
});
afterEach(() => vi.unstubAllGlobals());

/** The options of links of the app's own. */
type SendingOptions = ReturnType<typeof sendingOptions>;

function sendingOptions() {
  const fetch: typeof browser.fetch = (input, init) => browser.fetch(input, { ...init, credentials: 'include' });
  return { url: 'http://localhost/trpc', transformer: superjson, fetch };
}

/** Opens a page of an app that builds its own tRPC client. */
function open(linkOf: (options: SendingOptions) => TRPCLink<AppRouter>) {
  const sdk = createDurinLink<AppRouter>({ path: 'auth', client: 'web', transport: 'cookie', refresh: false });
  const trpc = createTRPCClient<AppRouter>({ links: [sdk.link, linkOf(sendingOptions())] });
  sdk.auth.connect(trpc);
  return { ...sdk, trpc };
}

const isAuthCall = ({ path }: Operation) => path.startsWith('auth.');
const refusedWith = (code: string) => ({ data: { durin: { code } } });

test.each<[string, (options: SendingOptions) => TRPCLink<AppRouter>]>([
  ['httpLink', httpLink],
  ['httpBatchLink', httpBatchLink],
  [
    'httpBatchStreamLink, and httpLink for auth',
    (options) => splitLink({ condition: isAuthCall, true: httpLink(options), false: httpBatchStreamLink(options) }),
  ],
])('over %s: a login, a refresh and a logout', async (_, linkOf) => {
  const { trpc, auth } = open(linkOf);
  const { expiry } = await auth.login(alice);
  expect(await Promise.all([trpc.me.query(), trpc.me.query()])).toEqual(['alice', 'alice']);
  app.clock.advance(3600);
  const refreshed = await auth.refresh();
  expect(refreshed.expiry?.getTime()).toBe((expiry?.getTime() ?? 0) + 3_600_000);
  expect(browser.jar.size).toBe(1);
  await auth.logout();
  expect(browser.jar.size).toBe(0);
  await expect(trpc.me.query()).rejects.toMatchObject(refusedWith('NO_CREDENTIALS'));
  auth.close();
});

test('over httpBatchStreamLink alone, a login and a refresh say why not', async () => {
  const { trpc, auth } = open(httpBatchStreamLink);
  await expect(auth.login(alice)).rejects.toMatchObject(refusedWith('COOKIE_UNAVAILABLE'));
  expect(browser.jar.size).toBe(0);

  await open(httpLink).auth.login(alice); // in another tab
  expect(await trpc.me.query()).toBe('alice');
  await expect(auth.refresh()).rejects.toMatchObject(refusedWith('COOKIE_UNAVAILABLE'));
  await auth.logout();
  expect(nameIn({ auth })).toBe('logged-out');
  await expect(trpc.me.query()).rejects.toMatchObject(refusedWith('INVALID_TOKEN'));
  auth.close();
});
