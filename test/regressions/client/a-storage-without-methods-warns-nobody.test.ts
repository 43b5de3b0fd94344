import { expect, test, vi } from 'vitest';
import { createDurinClient, type WebStorage, webStorage } from '../../../client/index.ts';
import { openFakePage } from '../../integration/client/fake-page.ts';
import { type AppRouter, alice, openSdkApp, transformer, url } from '../../integration/client/sdk-app.ts';

// Node 25 defines such a localStorage on servers, unless it is started with --localstorage-file.
test('the session is kept in memory', async () => {
  openFakePage();
  const app = await openSdkApp();
  const onStorageError = vi.fn<(error: unknown) => void>();
  const storage = webStorage({} as WebStorage);
  const { fetch } = app.connect();
  const options = { url, transformer, path: 'auth', client: 'web', storage, fetch, onStorageError } as const;
  const { trpc, auth } = createDurinClient<AppRouter>(options);
  await auth.login(alice);
  expect(await trpc.me.query()).toBe('alice');
  await auth.refresh(); // which reads the storage again
  expect(auth.getSnapshot().status).toBe('signed-in');
  await auth.logout();
  expect(auth.getSnapshot().status).toBe('signed-out');
  expect(onStorageError).not.toHaveBeenCalled();
  auth.close();
  vi.unstubAllGlobals();
  await app.close();
});
