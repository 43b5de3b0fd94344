import { RateLimiterRedis } from 'rate-limiter-flexible';
import { createLimiterRateCounter, type LimiterRateCounterDeps } from './limiter-rate-counter.ts';
import type { RateCounter } from './rate-counter.ts';
import type { RateLimitRedis } from './rate-limit-redis.ts';

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
