import { createClient } from 'redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { redisStore } from '../../../src/redis/index.ts';
import { type OpenRedis, openRedis } from '../../support/servers/redis-server.ts';

let redis: OpenRedis;
beforeAll(async () => {
  redis = await openRedis();
});
afterAll(() => redis.stop());

test('a redisStore gives what was put in, for as long as was said, and forgets what is deleted', async () => {
  const store = redisStore({ url: redis.url, prefix: 'one:' });
  const client = await createClient({ url: redis.url }).connect();
  await store.set('a', 'value of a', 60_000);
  await store.set('b', 'value of b', 60_000);
  expect(await store.get('a')).toBe('value of a');
  expect(await store.getMany(['a', 'nothing', 'b'])).toEqual(['value of a', null, 'value of b']);
  expect(await client.keys('*')).toEqual(expect.arrayContaining(['one:a', 'one:b']));
  expect(await client.pTTL('one:a')).toBeGreaterThan(50_000);
  expect(await client.pTTL('one:a')).toBeLessThanOrEqual(60_000);
  await store.delete('a');
  expect(await store.get('a')).toBeNull();
  client.destroy();
  store.disconnect();
});

test('apps with different prefixes do not meet', async () => {
  const [one, other] = [redisStore({ url: redis.url, prefix: 'one:' }), redisStore({ url: redis.url, prefix: 'two:' })];
  await one.set('same', 'of one', 60_000);
  expect(await other.get('same')).toBeNull();
  one.disconnect();
  other.disconnect();
});

test('a store that was disconnected fails, and disconnecting one that was never used does nothing', async () => {
  const store = redisStore({ url: redis.url });
  store.disconnect();
  store.disconnect();
  await expect(store.get('a')).rejects.toThrow('the store is closed');
});

test.each([
  [{}, 'url'],
  [{ url: 'localhost:6379' }, 'url'],
  [{ url: 'redis://localhost', prefix: 1 }, 'prefix'],
  [{ url: 'redis://localhost', ttl: 1 }, 'ttl'],
])('senseless options are refused: %j', (options, name) => {
  expect(() => redisStore(options as never)).toThrow(name);
});
