import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCache } from '../../../../src/cache/create-cache.ts';
import { buckets } from '../../../../src/cache/trust/buckets.ts';
import { testSessionCache, ttlMs } from '../../../contracts/session-cache.ts';
import { cacheParts } from '../../../support/cache/cache-parts.ts';
import {
  type RedisKind,
  type RedisServers,
  redisKinds,
  startRedisServers,
} from '../../../support/servers/redis-kinds.ts';

let servers: RedisServers;
beforeAll(async () => {
  servers = await startRedisServers();
});
afterAll(() => servers.stop());

/** Longer than by default, because what is tested is not how soon a slow machine gives up. */
const deadlineMs = 5000;

describe.each(Object.entries(redisKinds))('the cache over %s', (_name, open) => {
  let kind: RedisKind;
  beforeAll(async () => {
    kind = await open(servers);
  });
  afterAll(() => kind.close());

  describe.each([false, true])('with a bus: %s', (hasBus) => {
    testSessionCache((now) => {
      const app = randomUUID();
      const bus = hasBus ? kind.bus(app) : null;
      const settings = { ttlMs, maxSessions: 100, deadlineMs, store: kind.store(`${app}:`), bus };
      return createCache(settings, { ...cacheParts, now });
    });
  });

  test('the store names its servers, and keeps the order of the keys', async () => {
    const store = kind.store(`${randomUUID()}:`);
    const keys = buckets.map((bucket) => `{${bucket}}`);
    const names = await store.serversOf(keys);
    expect(new Set(names).size).toBe(_name.includes('cluster') ? 3 : 1);
    for (const name of names) expect(name).toMatch(/^\w{16}$/);
    await Promise.all(keys.map((key) => store.set(key, `value of ${key}`, 60_000)));
    expect(await store.getMany([...keys, 'nothing'])).toEqual([...keys.map((key) => `value of ${key}`), null]);
    await store.delete(keys[0] ?? '');
    expect(await store.get(keys[0] ?? '')).toBeNull();
    store.disconnect();
  });
});
