import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openFakePage } from '../fake-page.ts';
import { alice, changed, nameIn, openBrowser, openCookieApp } from './cookie-pages.ts';

// Arrives late.
const chunk = vi.hoisted(() => ({ ...Promise.withResolvers<void>(), loads: 0 }));
vi.mock(import('../../../../client/session/cookie-tabs.ts'), async (importOriginal) => {
  chunk.loads += 1;
  await chunk.promise;
  return importOriginal();
});

let app: Awaited<ReturnType<typeof openCookieApp>>;
beforeAll(async () => {
  app = await openCookieApp();
});
afterAll(() => app.close());

type Tab = ReturnType<ReturnType<typeof openBrowser>['open']>;
let browser: ReturnType<typeof openBrowser>;
const tabs: Tab[] = [];
beforeEach(() => {
  openFakePage();
  browser = openBrowser(app);
});
afterEach(() => {
  for (const { auth } of tabs.splice(0)) auth.close();
  vi.unstubAllGlobals();
});

function open(...options: Parameters<typeof browser.open>): Tab {
  const tab = browser.open(...options);
  tabs.push(tab);
  return tab;
}

test('a client that sends a header loads no code for cookies', async () => {
  const { auth } = open({ transport: 'header', client: 'cli' });
  auth.subscribe(() => {});
  await auth.ready;
  await auth.login(alice);
  await auth.logout();
  expect(chunk.loads).toBe(0);
});

test('a session that ends before the code is loaded ends in other tabs', async () => {
  const initialSession = { id: 'an-id', expiry: new Date(Date.now() + 60_000), user: { name: 'alice' } };
  const [tab, other] = [open({ initialSession }), open({ initialSession })];
  const left = other.auth.subscribe(() => {});
  await expect(tab.trpc.me.query()).rejects.toThrow('Authentication credentials were not provided.');
  expect([nameIn(tab), nameIn(other)]).toEqual(['logged-out', 'alice']);
  chunk.resolve();
  await changed(other.auth, () => nameIn(other) === 'logged-out');
  left();
});
