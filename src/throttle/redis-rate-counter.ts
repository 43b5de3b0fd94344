import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { withTimeout } from '../async/with-timeout.ts';
import type { Quota } from '../values/rate.ts';
import type { MemoryRateCounter } from './memory-rate-counter.ts';
import type { Count, RateCounter } from './rate-counter.ts';

/** What counting needs of a client of the package `redis`: a client, a pool, a cluster or a sentinel. */
export interface RateLimitRedis {
  /** `false` while it is not connected. */
  readonly isReady?: boolean | undefined;
  eval(script: string, options: ScriptInput): Promise<unknown>;
  evalSha(sha1: string, options: ScriptInput): Promise<unknown>;
}

interface ScriptInput {
  keys: string[];
  arguments: string[];
}

export interface RedisRateCounterDeps {
  readonly redis: RateLimitRedis;
  /** Starts the keys in Redis. */
  readonly prefix: string;
  /** Counts while Redis does not. */
  readonly memory: MemoryRateCounter;
  /** The clock, in milliseconds. Windows end by the clock of Redis, which all processes share, unless this is the app's own. */
  readonly now: () => number;
}

/** After this long without an answer Redis has failed. */
const redisTimeout = { timeoutMs: 100, service: 'Redis' };
/** How long Redis is left alone after it failed, before it is tried, which no call waits for. */
const restMs = 250;
/** For how long a refusal is passed on, although others might give calls back meanwhile. */
const recallMs = 250;
/** Keys that are known to be used up. */
const maxRefusals = 10_000;

/** Where the window of a key stands: `count` and `ends` are nil where none runs. */
const openWindow = `
local time = redis.call('TIME')
local at = tonumber(ARGV[1]) or time[1] * 1000 + math.floor(time[2] / 1000)
local window = redis.call('HMGET', KEYS[1], 'count', 'ends')
local count, ends = tonumber(window[1]), tonumber(window[2])
if ends and at >= ends then count, ends = nil, nil end
`;

/** Answers 1 if the call is within the quota, the calls counted, how long the window still runs, and when it ends. */
const takeScript = toScript(`${openWindow}
local limit, length = tonumber(ARGV[2]), tonumber(ARGV[3])
if not ends then count, ends = 0, at + length end
local isLonger = ends > at + length
if isLonger then ends = at + length end
local taken = count < limit and 1 or 0
if taken == 1 or isLonger then
  count = count + taken
  redis.call('HSET', KEYS[1], 'count', count, 'ends', ends)
  redis.call('PEXPIRE', KEYS[1], length + 60000)
end
return { taken, count, ends - at, ends }
`);

/** A later window ends later than the one that the call was taken in; that one may have been shortened since. */
const giveBackScript = toScript(`${openWindow}
if count and count > 0 and ends <= tonumber(ARGV[2]) then redis.call('HINCRBY', KEYS[1], 'count', -1) end
`);

/**
 * Counts in Redis, exactly across processes. While Redis fails, counting goes on in memory from what is known of it, and
 * no call is lost or waits longer than the deadline. A key that is used up is refused without asking.
 */
export function createRedisRateCounter({ redis, prefix, memory, now }: RedisRateCounterDeps): RateCounter {
  const hasOwnClock = now !== Date.now;
  const refusals = new LRUCache<string, Refusal>({ max: maxRefusals });
  /** `null`: it answers; else when it may be tried. */
  let restsUntil: number | null = null;
  let isTried = false;

  async function run(script: Script, key: string, ...parameters: number[]): Promise<unknown> {
    const at = hasOwnClock ? now() : '';
    const input = { keys: [`${prefix}:${key}`], arguments: [at, ...parameters].map(String) };
    return withTimeout(async () => {
      try {
        return await redis.evalSha(script.sha1, input);
      } catch (error) {
        if (!isUnknownScript(error)) throw error;
        return redis.eval(script.text, input); // which Redis knows by its hash from then on
      }
    }, redisTimeout);
  }

  function canAsk(): boolean {
    if (redis.isReady === false) return false;
    if (restsUntil !== null && performance.now() >= restsUntil && !isTried) void tryAgain();
    return restsUntil === null;
  }

  function rest(): void {
    restsUntil = performance.now() + restMs;
  }

  async function tryAgain(): Promise<void> {
    isTried = true;
    try {
      await withTimeout(() => redis.eval('return 1', { keys: [], arguments: [] }), redisTimeout);
      restsUntil = null;
    } catch {
      rest();
    } finally {
      isTried = false;
    }
  }

  async function count(key: string, quota: Quota): Promise<Count | null> {
    try {
      const windowMs = quota.windowSeconds * 1000;
      const counted = toCounted(await run(takeScript, key, quota.limit, windowMs));
      memory.goOnFrom(key, counted);
      const { isExceeded, resetMs, endsAt } = counted;
      if (isExceeded) refusals.set(key, { quota, refusedUntil: now() + resetMs, endsAt, toldAt: performance.now() });
      return { isExceeded, remaining: Math.max(0, quota.limit - counted.count), resetMs, endsAt };
    } catch {
      rest();
      return null;
    }
  }

  /** What a refusal that is remembered still says; `null`: Redis has to be asked. */
  function recall(key: string, quota: Quota, isFinal: boolean): Count | null {
    const refusal = refusals.get(key);
    if (refusal === undefined || !isSame(refusal.quota, quota)) return null;
    const resetMs = refusal.refusedUntil - now();
    if (resetMs <= 0 || (!isFinal && performance.now() - refusal.toldAt > recallMs)) return null;
    return { isExceeded: true, remaining: 0, resetMs, endsAt: refusal.endsAt };
  }

  return {
    async take(key, quota) {
      if (!canAsk()) return memory.take(key, quota);
      return recall(key, quota, false) ?? (await count(key, quota)) ?? memory.take(key, quota);
    },
    async spend(key, quota) {
      const known = recall(key, quota, true);
      if (known !== null) return known;
      return (canAsk() ? await count(key, quota) : null) ?? memory.spend(key, quota);
    },
    async giveBack(key, endsAt) {
      if (canAsk()) await run(giveBackScript, key, endsAt).catch(rest);
      refusals.delete(key);
      await memory.giveBack(key, endsAt);
    },
  };
}

interface Script {
  readonly text: string;
  readonly sha1: string;
}

function toScript(text: string): Script {
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

interface Refusal {
  readonly quota: Quota;
  /** By the clock of this process. */
  readonly refusedUntil: number;
  /** By the clock of Redis. */
  readonly endsAt: number;
  /** When Redis said so, by the clock that nobody sets. */
  readonly toldAt: number;
}

function isSame(one: Quota, other: Quota): boolean {
  return one.limit === other.limit && one.windowSeconds === other.windowSeconds;
}

/** @throws TypeError if that is no answer of the script: then Redis counts as failed */
function toCounted(answer: unknown) {
  const [taken = Number.NaN, count = Number.NaN, resetMs = Number.NaN, endsAt = Number.NaN] = Array.isArray(answer)
    ? answer.map(Number)
    : [];
  if (Number.isNaN(taken + count + resetMs + endsAt))
    throw new TypeError('Redis gave another answer than the script does');
  return { isExceeded: taken === 0, count, resetMs, endsAt };
}
