import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createCounters } from '../../../../src/throttle/create-counters.ts';
import { testKnownNetworks } from '../../../contracts/known-networks.ts';
import { createClock } from '../../../support/clock.ts';
import { type OpenRedis, openRedis } from '../../../support/servers/redis-server.ts';

let redis: OpenRedis;
const closing: (() => void)[] = [];
beforeAll(async () => {
  redis = await openRedis();
});
afterEach(() => {
  for (const close of closing.splice(0)) close();
});
afterAll(() => redis.stop());

async function join(clock = createClock(Date.now())) {
  const client = createClient({ url: redis.url });
  await client.connect();
  const counters = createCounters({ redis: client, prefix: 'durin:rate:test', now: clock });
  closing.push(counters.close, () => client.destroy());
  return { networks: counters.knownNetworks, clock, client };
}

testKnownNetworks(() => join());

test('processes share what they remember, and Redis holds no address', async () => {
  const [one, other] = [await join(), await join()];
  await one.networks.remember('alice', '192.0.2.1');
  expect(await other.networks.has('alice', '192.0.2.1')).toBe(true);
  const [key = ''] = await one.client.keys('durin:rate:test:networks:alice');
  expect(await one.client.ttl(key)).toBeGreaterThan(29 * 86_400);
  expect((await one.client.zRange(key, 0, -1)).join()).not.toContain('192');
});

test('while Redis fails, the process remembers by itself', async () => {
  const { networks, client } = await join();
  await networks.remember('bob', '192.0.2.1');
  client.destroy();
  expect(await networks.has('bob', '192.0.2.1')).toBe(true);
});
