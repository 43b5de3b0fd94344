import type { OutageListener } from '../health/outage-report.ts';
import { createMemoryKnownNetworks } from './known-networks.ts';
import { createMemoryRateCounter } from './memory-rate-counter.ts';
import type { RateCounter, RateCounters } from './rate-counter.ts';
import type { RateLimitRedis } from './rate-limit-redis.ts';
import { createRedisCircuit } from './redis-circuit.ts';
import { createRedisKnownNetworks } from './redis-known-networks.ts';
import { createRedisRateCounter } from './redis-rate-counter.ts';

export interface CounterSettings {
  /** `null`: calls are counted in this process. */
  readonly redis: RateLimitRedis | null;
  /** Starts the keys in Redis. */
  readonly prefix: string;
  /** The clock, in milliseconds. It ends the windows in memory; Redis ends its windows by its own clock. */
  readonly now: () => number;
  /** Learns of outages of Redis. Default: nobody does. */
  readonly onOutage?: OutageListener;
}

const unreported: OutageListener = { unavailable() {}, recovered() {} };

/** Creates one counter per kind of key. */
export function createCounters({ redis, prefix, now, onOutage = unreported }: CounterSettings): RateCounters {
  const circuit = redis && createRedisCircuit(redis, onOutage);
  function createCounter(): RateCounter {
    const memory = createMemoryRateCounter(now);
    return redis && circuit ? createRedisRateCounter({ redis, circuit, prefix, memory, now }) : memory;
  }
  const memory = createMemoryKnownNetworks(now);
  return {
    sessions: createCounter(),
    anonymous: createCounter(),
    logins: createCounter(),
    knownNetworks: redis && circuit ? createRedisKnownNetworks({ redis, circuit, prefix, memory, now }) : memory,
    check: circuit && circuit.check,
    close: () => circuit?.close(),
  };
}
