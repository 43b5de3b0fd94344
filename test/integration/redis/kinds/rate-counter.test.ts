import { Cluster, Redis } from 'ioredis';
import { createClientPool, createCluster, createSentinel } from 'redis';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { fromIoredis, type RateLimitRedis } from '../../../../src/throttle/rate-limit-redis.ts';
import { testRateCounter } from '../../../contracts/rate-counter.ts';
import { ageKeys } from '../../../support/cache/age-keys.ts';
import { createClock } from '../../../support/clock.ts';
import { type RedisServers, startRedisServers } from '../../../support/servers/redis-kinds.ts';
import { createCounterProbe } from '../throttle-probe.ts';

let servers: RedisServers;
beforeAll(async () => {
  servers = await startRedisServers();
});
afterAll(() => servers.stop());

const probe = createCounterProbe();
afterEach(probe.closeAll);

/** What an app may pass as `throttle.redis`, the servers that it counts on, and what closes it. */
interface Opened {
  readonly redis: RateLimitRedis;
  readonly urls: readonly string[];
  close(): unknown;
}

const kinds: Record<string, () => Promise<Opened>> = {
  async 'a pool'() {
    const { url } = servers.server;
    const redis = createClientPool({ url });
    await redis.connect();
    return { redis, urls: [url], close: () => redis.destroy() };
  },
  async 'a cluster'() {
    const { rootNodes } = servers.cluster;
    const redis = await createCluster({ rootNodes }).connect();
    return { redis, urls: rootNodes.map(({ url }) => url), close: () => redis.destroy() };
  },
  async 'a sentinel'() {
    const { options, master } = servers.sentinels;
    const redis = await createSentinel(options).connect();
    return { redis, urls: [master.url], close: () => redis.destroy() };
  },
  async ioredis() {
    const { url } = servers.server;
    const redis = new Redis(url);
    await redis.ping();
    return { redis: fromIoredis(redis), urls: [url], close: () => redis.disconnect() };
  },
  async 'a cluster of ioredis'() {
    const { rootNodes } = servers.cluster;
    const redis = new Cluster(rootNodes.map(({ url }) => url));
    await redis.ping();
    return { redis: fromIoredis(redis), urls: rootNodes.map(({ url }) => url), close: () => redis.disconnect() };
  },
};

describe.each(Object.entries(kinds))('rates over %s', (_name, open) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(async () => {
    await opened.close();
  });

  testRateCounter(async () => {
    const clock = createClock();
    const counter = probe.createCounter(opened.redis, clock);
    const advance = async (seconds: number) => {
      clock.advance(seconds);
      for (const url of opened.urls) await ageKeys(url, seconds);
    };
    return { counter, now: clock, advance, toleranceMs: 3000 };
  });
});
