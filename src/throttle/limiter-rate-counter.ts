import { LRUCache } from 'lru-cache';
import { RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { atMost } from '../values/at-most.ts';
import type { Quota } from '../values/rate.ts';
import type { MemoryRateCounter, RunningWindow } from './memory-rate-counter.ts';
import type { Count, RateCounter } from './rate-counter.ts';
import type { RateLimitRedis } from './rate-limit-redis.ts';
import type { StoreCircuit } from './store-circuit.ts';

/** What is used of a limiter of rate-limiter-flexible, over any of its stores. */
export interface Limiter {
  penalty(key: string, points: number, options: { customDuration: number }): Promise<RateLimiterRes>;
  reward(key: string, points: number, options: { customDuration: number }): Promise<RateLimiterRes>;
  set(key: string, points: number, secDuration: number): Promise<unknown>;
  get(key: string): Promise<unknown>;
}

export interface LimiterRateCounterDeps {
  readonly limiter: Limiter;
  readonly circuit: Pick<StoreCircuit, 'call'>;
  /** Mirrors the counts of the store, and counts while it fails. */
  readonly memory: MemoryRateCounter;
  /** The clock of this process, in milliseconds. Windows end by the clock of the store. */
  readonly now: () => number;
}

/** Milliseconds for which the refusal of a reservation is repeated: other processes may release theirs meanwhile. */
const refusalMs = 250;
/** By how much the clocks of processes may differ, in milliseconds. Most stores end windows by the clock of the process. */
const skewMs = 10_000;
/** Keys whose last reservation was refused. */
const maxRefusals = 10_000;

/**
 * Counts in a store that processes share, exactly across processes. While it fails, counting continues in memory from the
 * last known counts, so no call is lost. A key that is used up is refused without asking the store.
 *
 * The library's `insuranceLimiter` is not used: it would start from zero, and it would count a call a second time when
 * an answer fails after the deadline.
 */
export function createLimiterRateCounter({ limiter, circuit, memory, now }: LimiterRateCounterDeps): RateCounter {
  const refusals = new LRUCache<string, true>({ ...atMost(maxRefusals), ttl: refusalMs });

  async function count(key: string, quota: Quota): Promise<Count> {
    const { limit, windowSeconds } = quota;
    const counted = await circuit.call(() => countInStore(key, windowSeconds));
    if (counted === null) return memory.reserve(key, quota);
    const { resetMs } = counted;
    const isExceeded = counted.count > limit;
    if (isExceeded) {
      refusals.set(key, true);
      await uncount(key, windowSeconds);
    }
    await memory.replace(key, { count: Math.min(counted.count, limit), resetMs });
    return { isExceeded, remaining: Math.max(0, limit - counted.count), resetMs, endsAt: now() + resetMs };
  }

  /**
   * A window that is longer than the quota's is shortened. Redis has done so in its script. Another store loses the calls
   * that others count meanwhile, so a window is not shortened that only seems longer because its writer's clock is ahead.
   */
  async function countInStore(key: string, windowSeconds: number): Promise<RunningWindow> {
    const window = toWindow(await limiter.penalty(key, 1, { customDuration: windowSeconds }));
    const windowMs = windowSeconds * 1000;
    if (window.resetMs > windowMs + skewMs) await limiter.set(key, window.count, windowSeconds);
    return { count: window.count, resetMs: Math.min(window.resetMs, windowMs) };
  }

  async function uncount(key: string, windowSeconds: number): Promise<void> {
    const options = { customDuration: windowSeconds };
    await circuit.call(async () => {
      const { consumedPoints } = await limiter.reward(key, 1, options);
      if (consumedPoints < 0) await limiter.penalty(key, 1, options); // the window had just ended
    });
  }

  /** A refusal that follows from the counts known here, or null if only the store can decide. */
  async function cachedRefusal(key: string, { limit, windowSeconds }: Quota): Promise<Count | null> {
    const known = await memory.find(key);
    if (known === null || known.count < limit || known.resetMs > windowSeconds * 1000) return null;
    return { isExceeded: true, remaining: 0, resetMs: known.resetMs, endsAt: now() + known.resetMs };
  }

  return {
    async consume(key, quota) {
      return (await cachedRefusal(key, quota)) ?? count(key, quota);
    },
    async reserve(key, quota) {
      const refusal = refusals.has(key) ? await cachedRefusal(key, quota) : null;
      return refusal ?? count(key, quota);
    },
    async release(key, endsAt) {
      const leftMs = endsAt - now();
      if (leftMs <= 0) return;
      await uncount(key, Math.ceil(leftMs / 1000));
      refusals.delete(key);
      await memory.release(key, endsAt);
    },
  };
}

/**
 * The library passes on what the store answers, which is text with some type mappings of a client of Redis.
 * @throws TypeError if the store answered with anything but two numbers: then it counts as failed
 */
function toWindow({ consumedPoints, msBeforeNext }: Readonly<Record<keyof RateLimiterRes, unknown>>): RunningWindow {
  const window = { count: Number(consumedPoints), resetMs: Number(msBeforeNext) };
  if (Number.isNaN(window.count + window.resetMs))
    throw new TypeError('the store answered with something else than a count');
  return window;
}

export interface RedisRateCounterDeps extends Omit<LimiterRateCounterDeps, 'limiter'> {
  readonly redis: RateLimitRedis;
  /** Starts the keys in Redis. */
  readonly prefix: string;
}

/** The library's own script, which in addition shortens a window that is longer than the quota's. */
const countScript = `
redis.call('SET', KEYS[1], 0, 'EX', ARGV[2], 'NX')
local consumed = redis.call('INCRBY', KEYS[1], ARGV[1])
local ttl = redis.call('PTTL', KEYS[1])
if ttl == -1 or ttl > 1000 * ARGV[2] then
  redis.call('EXPIRE', KEYS[1], ARGV[2])
  ttl = 1000 * ARGV[2]
end
return { consumed, ttl }
`;

/** Counts in Redis. */
export function createRedisRateCounter({ redis, prefix, ...deps }: RedisRateCounterDeps): RateCounter {
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    useRedisPackage: true,
    keyPrefix: `${prefix}:calls`, // 0.1 stored hashes under the bare prefix
    points: 0, // quotas differ from key to key and may change, so they are compared here
    duration: 1,
    customIncrTtlLuaScript: countScript,
  });
  return createLimiterRateCounter({ limiter, ...deps });
}
