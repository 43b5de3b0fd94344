import { createCircuitBreaker } from '../async/circuit-breaker.ts';
import { withTimeout } from '../async/with-timeout.ts';
import { createOutageReport, type OutageListener } from '../health/outage-report.ts';
import type { RateLimitRedis } from './rate-limit-redis.ts';

/** After 100 ms a call to Redis has failed. */
const timeout = { timeoutMs: 100, service: 'Redis' } as const;
/** Milliseconds between a failure and the next probe. No call waits for a probe. */
const cooldownMs = 250;

/** A client that has never been connected may take this long, in milliseconds, before it counts as failed. */
const connectMs = 1000;

/** Calls Redis within a deadline, and not at all while it fails: a frozen Redis costs one deadline, not one per call. */
export interface RedisCircuit {
  /** @returns null if Redis failed or is known to fail */
  call<T>(work: () => Promise<T>): Promise<T | null>;
  /** Calls Redis once. Rejects if it cannot be used. */
  check(): Promise<void>;
  /** Ends the timer that probes Redis. */
  close(): void;
}

/** @param onOutage learns of the outages of Redis */
export function createRedisCircuit(redis: RateLimitRedis, onOutage: OutageListener): RedisCircuit {
  let hasBeenReady = false;
  let waitingSince: number | null = null;

  function isConnecting(): boolean {
    hasBeenReady ||= redis.isReady !== false;
    if (hasBeenReady) return false;
    waitingSince ??= performance.now();
    return performance.now() - waitingSince < connectMs;
  }

  return createStoreCircuit({
    isConnecting,
    requireReady() {
      if (redis.isReady === false) throw new Error('Redis is not connected');
    },
    ask: () => redis.eval('return 1', { keys: [], arguments: [] }),
    onOutage,
  });
}

export interface StoreCircuitOptions {
  /** Whether it connects for the first time: no call works yet, and that is no failure. */
  readonly isConnecting: () => boolean;
  /** Throws while no call can work. */
  readonly requireReady: () => void;
  /** Asks the store for anything. */
  readonly ask: () => Promise<unknown>;
  readonly onOutage: OutageListener;
}

/** The same for any store of counts. */
export function createStoreCircuit({ isConnecting, requireReady, ask, onOutage }: StoreCircuitOptions): RedisCircuit {
  const outage = createOutageReport(onOutage);
  const breaker = createCircuitBreaker({
    cooldownMs,
    probe: () => withTimeout(ping, timeout),
    onOpened: outage.began,
    onClosed: outage.ended,
  });

  async function ping(): Promise<unknown> {
    requireReady();
    return ask();
  }

  async function call<T>(work: () => Promise<T>): Promise<T | null> {
    if (!breaker.isClosed || isConnecting()) return null;
    try {
      requireReady();
      return await withTimeout(work, timeout);
    } catch (error) {
      breaker.open(error);
      return null;
    }
  }

  return {
    call,
    async check() {
      if ((await call(ping)) === null) throw new Error('Redis cannot be used');
    },
    close() {
      breaker.stop();
      outage.stop();
    },
  };
}
