import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { alice, openSdkApp, type TestApp } from '../sdk-app.ts';
import { type Ask, openStaleSession, refusal, refused } from './stale-session.ts';

// As after a deployment that has replaced the file.
const chunk = vi.hoisted(() => ({ loads: 0 }));
vi.mock(import('../../../../client/link/confirmation.ts'), () => {
  chunk.loads += 1;
  throw new TypeError('Failed to fetch dynamically imported module');
});

let app: TestApp;
beforeAll(async () => {
  app = await openSdkApp();
});
afterAll(() => app.close());

test('without its code, step-up fails the call with its refusal', async () => {
  const ask = vi.fn<Ask>(async () => alice);
  const silent = await openStaleSession(app);
  await expect(silent.trpc.erase.mutate()).rejects.toMatchObject(refused(refusal));
  silent.auth.close();
  const { trpc, auth } = await openStaleSession(app, ask);
  expect(await trpc.me.query()).toBe('alice');
  expect(chunk.loads).toBe(0);

  await expect(trpc.erase.mutate()).rejects.toMatchObject(refused(refusal));
  expect(chunk.loads).toBe(1);
  expect(ask).not.toHaveBeenCalled();
  expect(auth.getSnapshot().status).toBe('signed-in');
  auth.close();
});
