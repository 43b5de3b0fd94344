import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurinClient, isDurinError } from '../../client/index.ts';
import { type AppRouter, alice, openSdkApp, type TestApp, transformer, url } from './sdk-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await openSdkApp();
});
afterAll(() => app.close());

function open() {
  const network = app.connect();
  return {
    ...createDurinClient<AppRouter>({ url, transformer, path: 'auth', client: 'web', fetch: network.fetch }),
    network,
  };
}

const errorOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => null,
    (error) => error,
  );

test('what durin refused is known by its code, and tells its facts', async () => {
  const { auth, trpc } = open();
  await auth.login(alice);
  await trpc.throttled.query();
  const error = await errorOf(trpc.throttled.query());
  expect(isDurinError(error)).toBe(true);
  expect(isDurinError(error, 'INVALID_CREDENTIALS')).toBe(false);
  if (!isDurinError(error, 'THROTTLED')) throw error;
  expect(error.data.durin).toEqual({ code: 'THROTTLED', scope: 'test', retryAfter: 3600 });
});

test('an outage is none of its errors, nor is anything else that is thrown', async () => {
  const { trpc, network } = open();
  network.breakDown(true);
  const outage = await errorOf(trpc.hello.query());
  expect(outage).toBeInstanceOf(Error);
  const others = [outage, new Error('x'), 'text', 0, null, undefined, {}, { data: null }, { data: { durin: null } }];
  for (const other of others) {
    expect(isDurinError(other)).toBe(false);
    expect(isDurinError(other, 'THROTTLED')).toBe(false);
  }
});
