import type { OutageListener } from '../health/outage-report.ts';
import { createMemoryKnownNetworks } from './known-networks.ts';
import { createLimiterRateCounter, createRedisRateCounter, type Limiter } from './limiter-rate-counter.ts';
import { createMemoryRateCounter } from './memory-rate-counter.ts';
import type { RateCounter, RateCounters } from './rate-counter.ts';
import type { RateLimitRedis } from './rate-limit-redis.ts';
import { createRedisKnownNetworks } from './redis-known-networks.ts';
import { createRedisCircuit, createStoreCircuit } from './store-circuit.ts';

export interface CounterSettings {
  /** `null`: calls are counted in this process. */
  readonly redis: RateLimitRedis | null;
  /** Creates a limiter over another store. Default: none. */
  readonly limiter?: CreateLimiter | null;
  /** Starts the keys in the store. */
  readonly prefix: string;
  /** The clock, in milliseconds. It ends the windows in memory; Redis ends those in Redis by its own clock. */
  readonly now: () => number;
  /** Learns of outages of the store. Default: nobody does. */
  readonly onOutage?: OutageListener;
}

/** What `throttle.limiter` is called with: the common options of rate-limiter-flexible. */
export interface LimiterOptions {
  keyPrefix: string;
  points: number;
  /** Seconds. Each call names its own. */
  duration: number;
}

/** Creates a limiter of rate-limiter-flexible, for `throttle.limiter`. */
export type CreateLimiter = (options: LimiterOptions) => Limiter;

const unreported: OutageListener = { unavailable() {}, recovered() {} };

/** Creates one counter per kind of key. */
export function createCounters(settings: CounterSettings): RateCounters {
  const { redis, limiter = null, prefix, now, onOutage = unreported } = settings;
  return limiter === null
    ? createRedisCounters(redis, { prefix, now, onOutage })
    : createLimiterCounters(limiter, { prefix, now, onOutage });
}

/** Some limiters create a table first, and reject every call until then. They may take this long, in milliseconds. */
const preparationMs = 1000;

type Common = Required<Pick<CounterSettings, 'prefix' | 'now' | 'onOutage'>>;

/** Where users have signed in from is remembered by each process. */
function createLimiterCounters(create: CreateLimiter, { prefix, now, onOutage }: Common): RateCounters {
  const limiter = create({ keyPrefix: `${prefix}:calls`, points: 1, duration: 1 });
  const circuit = createStoreCircuit({
    service: "the limiter's store",
    isConnecting: () => false,
    requireReady() {},
    ask: () => limiter.get('durin'),
    preparationMs,
    onOutage,
  });
  const createCounter = () => createLimiterRateCounter({ limiter, circuit, memory: createMemoryRateCounter(now), now });
  return {
    sessions: createCounter(),
    anonymous: createCounter(),
    logins: createCounter(),
    knownNetworks: createMemoryKnownNetworks(now),
    check: circuit.check,
    close: circuit.close,
  };
}

function createRedisCounters(redis: RateLimitRedis | null, { prefix, now, onOutage }: Common): RateCounters {
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
