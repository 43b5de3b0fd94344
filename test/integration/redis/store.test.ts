import { randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redisStore } from '../../../src/redis/index.ts';
import { prefixedStores } from '../../support/cache/redis-stores.ts';
import { type OpenRedis, openRedis } from '../../support/servers/redis-server.ts';

let redis: OpenRedis;
beforeAll(async () => {
  redis = await openRedis();
});
afterAll(() => redis.stop());

describe.each(Object.entries(prefixedStores))('%s', (_kind, open) => {
  test('returns what was stored until it is deleted or its ttl ends', async () => {
    const prefix = randomUUID();
    const store = open(redis.url, prefix);
    const client = await createClient({ url: redis.url }).connect();
    await store.set('a', 'value of a', 60_000);
    await store.set('b', 'value of b', 60_000);
    expect(await store.get('a')).toBe('value of a');
    const [a, nothing, b] = (await store.getMany(['a', 'nothing', 'b'])) as unknown[];
    expect([a, nothing ?? null, b]).toEqual(['value of a', null, 'value of b']);
    const keys = await client.keys(`${prefix}*`);
    expect(keys.length).toBe(2);
    for (const key of keys) {
      expect(await client.pTTL(key)).toBeGreaterThan(50_000);
      expect(await client.pTTL(key)).toBeLessThanOrEqual(60_000);
    }
    await store.delete('a');
    expect((await store.get('a')) ?? null).toBeNull();
    client.destroy();
    await store.disconnect();
  });

  test('does not see the values of another prefix', async () => {
    const [one, other] = [open(redis.url, 'one:'), open(redis.url, 'two:')];
    await one.set('same', 'of one', 60_000);
    expect((await other.get('same')) ?? null).toBeNull();
    await one.disconnect();
    await other.disconnect();
  });
});

test('a redisStore puts its prefix before each key', async () => {
  const store = redisStore({ url: redis.url, prefix: 'shop:' });
  const client = await createClient({ url: redis.url }).connect();
  await store.set('a', 'value of a', 60_000);
  expect(await client.get('shop:a')).toBe('value of a');
  client.destroy();
  store.disconnect();
});

test('a redisStore that is disconnected, even before use, fails', async () => {
  const store = redisStore({ url: redis.url });
  store.disconnect();
  store.disconnect();
  await expect(store.get('a')).rejects.toThrow('the store is closed');
});

test.each([
  [{}, 'url'],
  [{ url: 'localhost:6379' }, 'url'],
  [{ url: 'redis://localhost', prefix: 1 }, 'prefix'],
  [{ url: 'redis://localhost', prefix: '{shop}:' }, 'prefix must be a string without braces'],
  [{ rootNodes: [{ url: 'redis://localhost' }], prefix: 'shop}' }, 'prefix must be a string without braces'],
  [{ url: 'redis://localhost', ttl: 1 }, 'ttl'],
])('wrong options of redisStore are refused: %j', (options, name) => {
  expect(() => redisStore(options as never)).toThrow(name);
});
