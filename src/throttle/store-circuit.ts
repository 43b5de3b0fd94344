import { createCircuitBreaker } from '../async/circuit-breaker.ts';
import { withTimeout } from '../async/with-timeout.ts';
import { createOutageReport, type OutageListener } from '../health/outage-report.ts';
import type { RateLimitRedis } from './rate-limit-redis.ts';

/** A call fails after this many milliseconds. */
const timeoutMs = 100;
/** Milliseconds between a failure and the next probe. No call waits for a probe. */
const cooldownMs = 250;

/** Calls a store of counts within a deadline, and not at all while it fails: a frozen one costs one deadline, not one per call. */
export interface StoreCircuit {
  /** @returns null if the store failed or is known to fail */
  call<T>(work: () => Promise<T>): Promise<T | null>;
  /** Calls the store once. Rejects if it cannot be used. */
  check(): Promise<void>;
  /** Ends the timer that probes the store. */
  close(): void;
}

export interface StoreCircuitOptions {
  /** The store in messages, such as `'Redis'`. */
  readonly service: string;
  /** Whether it connects for the first time: no call works yet, and that is no failure. */
  readonly isConnecting: () => boolean;
  /** Throws while no call can work. */
  readonly requireReady: () => void;
  /** Asks the store for anything. */
  readonly ask: () => Promise<unknown>;
  /** For how long the failures of a store that has never answered are not reported, in milliseconds. */
  readonly preparationMs: number;
  readonly onOutage: OutageListener;
}

export function createStoreCircuit(options: StoreCircuitOptions): StoreCircuit {
  const { service, isConnecting, requireReady, ask, preparationMs, onOutage } = options;
  const timeout = { timeoutMs, service };
  const outage = createOutageReport(onOutage);
  let hasAnswered = false;
  let failingSince: number | null = null;

  function isPreparing(): boolean {
    if (hasAnswered) return false;
    failingSince ??= performance.now();
    return performance.now() - failingSince < preparationMs;
  }

  function report(cause: unknown): void {
    if (!isPreparing()) outage.began(cause);
  }

  async function answerOf<T>(work: () => Promise<T>): Promise<T> {
    const answer = await withTimeout(work, timeout);
    hasAnswered = true;
    return answer;
  }

  /** What the store answers may be `null`, which a call that failed also returns. */
  async function ping(): Promise<true> {
    requireReady();
    await ask();
    return true;
  }

  async function probe(): Promise<void> {
    try {
      await answerOf(ping);
    } catch (error) {
      report(error);
      throw error;
    }
  }

  const breaker = createCircuitBreaker({ cooldownMs, probe, onOpened: report, onClosed: outage.ended });

  async function call<T>(work: () => Promise<T>): Promise<T | null> {
    if (!breaker.isClosed || isConnecting()) return null;
    try {
      requireReady();
      return await answerOf(work);
    } catch (error) {
      breaker.open(error);
      return null;
    }
  }

  return {
    call,
    async check() {
      if ((await call(ping)) === null) throw new Error(`${service} cannot be used`);
    },
    close() {
      breaker.stop();
      outage.stop();
    },
  };
}

/** A client that has never been connected may take this long, in milliseconds, before it counts as failed. */
const connectMs = 1000;

/** @param onOutage learns of the outages of Redis */
export function createRedisCircuit(redis: RateLimitRedis, onOutage: OutageListener): StoreCircuit {
  let hasBeenReady = false;
  let waitingSince: number | null = null;

  function isConnecting(): boolean {
    hasBeenReady ||= redis.isReady !== false;
    if (hasBeenReady) return false;
    waitingSince ??= performance.now();
    return performance.now() - waitingSince < connectMs;
  }

  return createStoreCircuit({
    service: 'Redis',
    isConnecting,
    requireReady() {
      if (redis.isReady === false) throw new Error('Redis is not connected');
    },
    ask: () => redis.eval('return 1', { keys: [], arguments: [] }),
    preparationMs: 0, // it has nothing to prepare but the connection
    onOutage,
  });
}
