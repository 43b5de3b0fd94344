import { createClient } from 'redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin, type DurinError, DurinUsageError } from '../../../src/index.ts';
import { openApp, password, requestOf, requiredOptions, t } from '../../support/app.ts';
import { ageKeys } from '../../support/cache/age-keys.ts';
import { type OpenRedis, openRedis } from '../../support/servers/redis-server.ts';

let redis: OpenRedis;
let app: Awaited<ReturnType<typeof openApp>>;
const connections: { destroy(): void }[] = [];
beforeAll(async () => {
  [redis, app] = await Promise.all([openRedis(), openApp()]);
});
afterAll(async () => {
  for (const client of connections) client.destroy();
  await Promise.all([redis.stop(), app.close()]);
});

/** One of the processes of an app: a durin and a connection of its own. */
async function join() {
  const client = createClient({ url: redis.url });
  connections.push(client);
  await client.connect();
  const durin = createDurin({
    ...requiredOptions(app.orm),
    throttle: { rate: '10/m', redis: client, login: { perUser: '3/m' } },
    now: app.clock,
  });
  const router = t.router({ auth: durin.durinRouter, me: durin.authedProcedure.query(({ ctx }) => ctx.user.username) });
  return (token?: string) => router.createCaller(durin.createContext(requestOf({ token })));
}

/** Moves the app's clock, and Redis with it. */
async function advance(seconds: number) {
  app.clock.advance(seconds);
  await ageKeys(redis.url, seconds);
}

const codes = (outcomes: readonly PromiseSettledResult<unknown>[]) =>
  outcomes.map((outcome) =>
    outcome.status === 'fulfilled' ? 'ok' : (outcome.reason as { durin?: { code: string } }).durin?.code,
  );
const count = (of: readonly unknown[], value: unknown) => of.filter((one) => one === value).length;

test('processes share the rate of a user and client, and when to retry', async () => {
  const [one, other] = [await join(), await join()];
  const { token } = await app.durin.tokens.issue({ user: 1, client: 'web' });
  const calls = Array.from({ length: 40 }, (_, index) => (index % 2 ? one : other)(token).me());
  const outcome = codes(await Promise.allSettled(calls));
  expect([count(outcome, 'ok'), count(outcome, 'THROTTLED')]).toEqual([10, 30]);
  const refusal = await one(token)
    .me()
    .catch((error: unknown) => error);
  expect(refusal).toMatchObject({ durin: { code: 'THROTTLED', scope: 'client', retryAfter: expect.any(Number) } });
  const { retryAfter = 0 } = (refusal as DurinError).durin;
  expect(retryAfter).toBeGreaterThan(50);
  expect(retryAfter).toBeLessThanOrEqual(60);
  await advance(60);
  expect(await one(token).me()).toBe('alice');
});

test('failed logins count in all processes together, successful ones do not', async () => {
  const [one, other] = [await join(), await join()];
  const login = (at: typeof one, secret: string) =>
    at().auth.login({ username: 'bob', password: secret, client: 'web' });
  for (let times = 0; times < 5; times += 1) await login(times % 2 ? one : other, password);
  const attempts = codes([
    ...(await Promise.allSettled([login(one, 'wrong'), login(other, 'wrong')])),
    ...(await Promise.allSettled([login(one, 'wrong')])),
    ...(await Promise.allSettled([login(one, password), login(other, password)])),
  ]);
  expect(attempts).toEqual([...Array<string>(3).fill('INVALID_CREDENTIALS'), 'THROTTLED', 'THROTTLED']);
  await advance(60);
  expect(await login(one, password)).toMatchObject({ token: expect.any(String) });
});

test.each([
  ['a URL', 'redis://localhost:6379'],
  ['the options of a client', { url: 'redis://localhost:6379' }],
  ['a client of another package', { evalsha: () => {}, incr: () => {} }],
])('%s is refused as throttle.redis', (_, given) => {
  const options = { ...requiredOptions(app.orm), throttle: { redis: given as never } };
  expect(() => createDurin(options)).toThrow(DurinUsageError);
  expect(() => createDurin(options)).toThrow('createDurin: throttle.redis must be a client of the package redis');
});
