import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import { createCache } from '../../../src/cache/create-cache.ts';
import { redisBus } from '../../../src/redis/index.ts';
import { testSessionCache, ttlMs } from '../../contracts/session-cache.ts';
import { cacheParts } from '../../support/cache/cache-parts.ts';
import { prefixedStores } from '../../support/cache/redis-stores.ts';
import { type OpenRedis, openRedis } from '../../support/servers/redis-server.ts';

let redis: OpenRedis;
beforeAll(async () => {
  redis = await openRedis();
});
afterAll(() => redis.stop());

const settings = Object.entries(prefixedStores).flatMap(([kind, openStore]) =>
  [false, true].map((hasBus) => ({ kind, openStore, hasBus })),
);

/** Longer than by default, because what is tested is not how soon a slow machine gives up. */
const deadlineMs = 5000;

describe.each(settings)('the cache over $kind, with a bus: $hasBus', ({ openStore, hasBus }) => {
  testSessionCache((now) => {
    const { url } = redis;
    const app = randomUUID();
    const bus = hasBus ? redisBus({ url, channel: app }) : null;
    const store = openStore(url, app);
    return createCache({ ttlMs, maxSessions: 100, deadlineMs, store, bus }, { ...cacheParts, now });
  });
});
