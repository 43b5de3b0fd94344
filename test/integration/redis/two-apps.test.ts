import { randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, openApp, requestOf, requiredOptions, t } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';
import { type OpenRedis, openRedis } from '../../support/servers/redis-server.ts';

type TestApp = Awaited<ReturnType<typeof openApp>>;

let redis: OpenRedis;
let client: ReturnType<typeof createClient>;
let one: TestApp;
let other: TestApp;
beforeAll(async () => {
  [redis, one, other] = await Promise.all([openRedis(), openApp(), openApp()]);
  client = createClient({ url: redis.url });
  await client.connect();
});
afterAll(async () => {
  client.destroy();
  await Promise.all([redis.stop(), one.close(), other.close()]);
});

/** A process of the app, and what its guarded procedure says to user 1 at web. */
function join(app: TestApp, throttle: { prefix?: string } = {}) {
  const durin = createDurin({
    ...requiredOptions(app.orm),
    clients,
    throttle: { rate: '2/h', redis: client, ...throttle },
  });
  const router = t.router({ me: durin.authedProcedure.query(() => 'ok') });
  return async () => {
    const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
    const caller = router.createCaller(durin.createContext(requestOf({ token })));
    return caller.me().catch(codeOf);
  };
}

test('on one Redis, processes of an app share counts, and apps do not', async () => {
  const [first, second, stranger] = [join(one), join(one), join(other)];
  expect([await first(), await stranger(), await stranger(), await stranger()]).toEqual([
    'ok',
    'ok',
    'ok',
    'THROTTLED',
  ]);
  expect([await second(), await second()]).toEqual(['ok', 'THROTTLED']);
});

test('throttle.prefix separates apps whose databases have one name', async () => {
  const [shop, desk] = [`shop:${randomUUID()}`, `desk:${randomUUID()}`];
  const [first, second] = [join(one, { prefix: shop }), join(one, { prefix: desk })];
  expect([await first(), await first(), await first()]).toEqual(['ok', 'ok', 'THROTTLED']);
  expect(await second()).toBe('ok');
  expect(await client.exists([`${shop}:calls:client:user:1:1`, `${desk}:calls:client:user:1:1`])).toBe(2);
});
