import { createMemoryRateCounter } from './memory-rate-counter.ts';
import type { RateCounter, RateCounters } from './rate-counter.ts';
import { createRedisRateCounter, type RateLimitRedis } from './redis-rate-counter.ts';

export interface CounterSettings {
  /** `null`: calls are counted in this process. */
  readonly redis: RateLimitRedis | null;
  /** Starts the keys in Redis. */
  readonly prefix: string;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** A counter of its own for each kind of key. */
export function createCounters({ redis, prefix, now }: CounterSettings): RateCounters {
  function createCounter(): RateCounter {
    const memory = createMemoryRateCounter(now);
    return redis === null ? memory : createRedisRateCounter({ redis, prefix, memory, now });
  }
  return { sessions: createCounter(), anonymous: createCounter(), logins: createCounter() };
}
