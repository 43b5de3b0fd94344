import { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import type { Bus } from '../../../src/cache/bus.ts';
import { type RedisStore, redisBus, redisStore } from '../../../src/redis/index.ts';
import { type RedisCluster, startRedisCluster } from './redis-cluster.ts';
import { type RedisSentinels, startRedisSentinels } from './redis-sentinels.ts';
import { type OpenRedis, openRedis } from './redis-server.ts';

/** A server, a cluster and sentinels. */
export interface RedisServers {
  readonly server: OpenRedis;
  readonly cluster: RedisCluster;
  readonly sentinels: RedisSentinels;
  stop(): Promise<void>;
}

export async function startRedisServers(): Promise<RedisServers> {
  const [server, cluster, sentinels] = await Promise.all([openRedis(), startRedisCluster(), startRedisSentinels()]);
  return {
    server,
    cluster,
    sentinels,
    async stop() {
      await Promise.all([server.stop(), cluster.stop(), sentinels.stop()]);
    },
  };
}

/** A store and a bus over one kind of Redis, of one process. `close` closes what the app has connected. */
export interface RedisKind {
  store(prefix: string): RedisStore;
  bus(channel: string): Bus;
  close(): Promise<unknown> | void;
}

/** What an app may pass to `redisStore` and `redisBus`. */
export const redisKinds = {
  'a URL': async ({ server: { url } }) => ({
    store: (prefix) => redisStore({ url, prefix }),
    bus: (channel) => redisBus({ url, channel }),
    close() {},
  }),
  'a client': async ({ server: { url } }) =>
    over(
      await createClient({ url })
        .on('error', () => {})
        .connect(),
    ),
  'a pool': async ({ server: { url } }) => {
    const pool = createClientPool({ url }).on('error', () => {});
    await pool.connect();
    return over(pool);
  },
  'the options of a cluster': async ({ cluster: { rootNodes } }) => ({
    store: (prefix) => redisStore({ rootNodes, prefix }),
    bus: (channel) => redisBus({ rootNodes, channel }),
    close() {},
  }),
  'a cluster': async ({ cluster: { rootNodes } }) =>
    over(
      await createCluster({ rootNodes })
        .on('error', () => {})
        .connect(),
    ),
  'the options of a sentinel': async ({ sentinels: { options } }) => ({
    store: (prefix) => redisStore({ ...options, prefix }),
    bus: (channel) => redisBus({ ...options, channel }),
    close() {},
  }),
  'a sentinel': async ({ sentinels: { options } }) =>
    over(
      await createSentinel(options)
        .on('error', () => {})
        .connect(),
    ),
} satisfies Record<string, (servers: RedisServers) => Promise<RedisKind>>;

type Connected = Parameters<typeof redisStore>[0] & { destroy(): unknown };

function over(redis: Connected): RedisKind {
  return {
    store: (prefix) => redisStore(redis, { prefix }),
    bus: (channel) => redisBus(redis, { channel }),
    async close() {
      await redis.destroy();
    },
  };
}
