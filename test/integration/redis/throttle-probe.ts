import { createClient } from 'redis';
import { createMemoryRateCounter } from '../../../src/throttle/memory-rate-counter.ts';
import { createRedisRateCounter, type RateLimitRedis } from '../../../src/throttle/redis-rate-counter.ts';

/** Counters as different processes have them, each with a connection of its own, closed after each test. */
export function createCounterProbe() {
  const clients: { destroy(): void }[] = [];

  async function connect(url: string, options: { disableOfflineQueue?: boolean } = {}) {
    const client = createClient({ url, ...options });
    client.on('error', () => {});
    clients.push(client);
    await client.connect();
    return client;
  }

  return {
    connect,
    async join(url: string, now: () => number = Date.now) {
      const client = await connect(url);
      const told = tell(client);
      return {
        client,
        asked: told.asked,
        counter: createRedisRateCounter({
          redis: told.redis,
          prefix: 'durin:rate:test',
          memory: createMemoryRateCounter(now),
          now,
        }),
      };
    },
    closeAll() {
      for (const client of clients.splice(0)) client.destroy();
    },
  };
}

/** Passes calls on and counts them. */
function tell(client: RateLimitRedis) {
  let count = 0;
  const redis: RateLimitRedis = {
    get isReady() {
      return client.isReady;
    },
    eval: (...args) => {
      count += 1;
      return client.eval(...args);
    },
    evalSha: (...args) => {
      count += 1;
      return client.evalSha(...args);
    },
  };
  return { redis, asked: () => count };
}
