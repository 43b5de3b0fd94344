import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { openFakePage } from '../fake-page.ts';
import { alice, nameIn, openBrowser, openCookieApp } from './cookie-pages.ts';

// As after a deployment that has replaced the file.
vi.mock(import('../../../../client/session/cookie-tabs.ts'), () => {
  throw new TypeError('Failed to fetch dynamically imported module');
});

let app: Awaited<ReturnType<typeof openCookieApp>>;
beforeAll(async () => {
  app = await openCookieApp();
  openFakePage();
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  vi.unstubAllGlobals();
  await app.close();
});

test('without its code, a session cookie still signs in and out', async () => {
  const onStorageError = vi.fn<(error: unknown) => void>();
  const { auth, trpc } = openBrowser(app).open({ onStorageError });
  await auth.ready;
  await auth.login(alice);
  expect(nameIn({ auth })).toBe('alice');
  expect(await trpc.me.query()).toBe('alice');
  await auth.logout();
  expect(nameIn({ auth })).toBe('logged-out');
  expect(onStorageError).toHaveBeenCalledOnce();
  auth.close();
});

test('a login does not wait for an error callback that throws', async () => {
  const printed = vi.spyOn(console, 'error').mockReturnValue();
  const failure = new Error('no logger');
  const { auth } = openBrowser(app).open({
    onStorageError() {
      throw failure;
    },
  });
  await auth.ready;
  await auth.login(alice);
  expect(nameIn({ auth })).toBe('alice');
  expect(printed).toHaveBeenCalledWith(failure);
  auth.close();
});
