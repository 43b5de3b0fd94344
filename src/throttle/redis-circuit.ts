import { createCircuitBreaker } from '../async/circuit-breaker.ts';
import { withTimeout } from '../async/with-timeout.ts';
import type { RateLimitRedis } from './rate-limit-redis.ts';

/** After 100 ms a call to Redis has failed. */
const timeout = { timeoutMs: 100, service: 'Redis' } as const;
/** Milliseconds between a failure and the next probe. No call waits for a probe. */
const cooldownMs = 250;

/** Calls Redis within a deadline, and not at all while it fails: a frozen Redis costs one deadline, not one per call. */
export interface RedisCircuit {
  /** @returns null if Redis failed or is known to fail */
  call<T>(work: () => Promise<T>): Promise<T | null>;
  /** Ends the timer that probes Redis. */
  close(): void;
}

export function createRedisCircuit(redis: RateLimitRedis): RedisCircuit {
  const isReady = () => redis.isReady !== false;
  const breaker = createCircuitBreaker({
    cooldownMs,
    async probe() {
      if (!isReady()) throw new Error('Redis is not connected');
      await withTimeout(() => redis.eval('return 1', { keys: [], arguments: [] }), timeout);
    },
  });

  return {
    async call(work) {
      if (!isReady() || !breaker.isClosed) return null;
      try {
        return await withTimeout(work, timeout);
      } catch {
        breaker.open();
        return null;
      }
    },
    close: breaker.stop,
  };
}
