import { createClient } from 'redis';
import { createRedisRateCounter } from '../../../src/throttle/limiter-rate-counter.ts';
import { createMemoryRateCounter } from '../../../src/throttle/memory-rate-counter.ts';
import type { RateLimitRedis } from '../../../src/throttle/rate-limit-redis.ts';
import { createRedisCircuit } from '../../../src/throttle/store-circuit.ts';
import { ageKeys } from '../../support/cache/age-keys.ts';
import { createClock } from '../../support/clock.ts';

/** Counters as different processes have them, each with a connection of its own, closed after each test. */
export function createCounterProbe() {
  const opened: (() => void)[] = [];

  async function connect(url: string, options: { disableOfflineQueue?: boolean } = {}) {
    const client = createClient({ url, ...options });
    client.on('error', () => {});
    opened.push(() => client.destroy());
    await client.connect();
    return client;
  }

  function createCounter(redis: RateLimitRedis, now: () => number = Date.now) {
    const circuit = createRedisCircuit(redis, { unavailable() {}, recovered() {} });
    opened.push(circuit.close);
    const memory = createMemoryRateCounter(now);
    return createRedisRateCounter({ redis, circuit, prefix: 'durin:rate:test', memory, now });
  }

  async function join(url: string, now: () => number = Date.now) {
    const client = await connect(url);
    const { redis, asked } = countCalls(client);
    return { client, asked, counter: createCounter(redis, now) };
  }

  return {
    connect,
    createCounter,
    join,
    /** A counter with a clock that can be moved, and Redis with it. */
    async joinWithClock(url: string) {
      const clock = createClock();
      const member = await join(url, clock);
      const advance = async (seconds: number) => {
        clock.advance(seconds);
        await ageKeys(url, seconds);
      };
      return { ...member, now: clock, advance };
    },
    closeAll() {
      for (const close of opened.splice(0)) close();
    },
  };
}

/** Passes calls on and counts them. */
function countCalls(client: RateLimitRedis) {
  let count = 0;
  const redis: RateLimitRedis = {
    get isReady() {
      return client.isReady;
    },
    eval: (...args) => {
      count += 1;
      return client.eval(...args);
    },
  };
  return { redis, asked: () => count };
}
