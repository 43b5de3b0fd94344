import { LRUCache } from 'lru-cache';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { atMost } from '../values/at-most.ts';
import type { Quota } from '../values/rate.ts';
import type { Count, RateCounter } from './rate-counter.ts';

/** Bounds a counter at about 30 MB. The key that was used least recently is evicted first. */
const maxKeys = 100_000;

/** A window that runs. */
export interface RunningWindow {
  readonly count: number;
  readonly resetMs: number;
}

export interface MemoryRateCounter extends RateCounter {
  /** The window of a key, or null if none runs. */
  find(key: string): Promise<RunningWindow | null>;
  /** Replaces the window of a key by one that was counted elsewhere. */
  replace(key: string, window: RunningWindow): Promise<void>;
}

/**
 * Counts in this process.
 *
 * The library's memory store keeps a timer per key and has no bound. So its keys never expire here (duration 0: no
 * timer), and an LRU of window ends bounds them and ends windows by the app's clock.
 * @param now the clock, in milliseconds
 */
export function createMemoryRateCounter(now: () => number): MemoryRateCounter {
  const limiter = new RateLimiterMemory({ keyPrefix: '', points: 0, duration: 0 });
  const windowEnds = new LRUCache<string, number>({
    ...atMost(maxKeys),
    noDisposeOnSet: true,
    dispose: (_, key) => void limiter.delete(key),
  });

  /** When the running window ends, or null if none runs. */
  function findEnd(key: string): number | null {
    const endsAt = windowEnds.get(key);
    if (endsAt !== undefined && now() < endsAt) return endsAt;
    windowEnds.delete(key);
    return null;
  }

  function openWindow(key: string, windowMs: number): number {
    const latestEnd = now() + windowMs;
    const endsAt = findEnd(key);
    if (endsAt !== null && endsAt <= latestEnd) return endsAt;
    windowEnds.set(key, latestEnd);
    return latestEnd;
  }

  async function count(key: string, quota: Quota): Promise<Count> {
    const endsAt = openWindow(key, quota.windowSeconds * 1000);
    const { consumedPoints } = await limiter.penalty(key);
    const isExceeded = consumedPoints > quota.limit;
    if (isExceeded) await uncount(key);
    return { isExceeded, remaining: Math.max(0, quota.limit - consumedPoints), resetMs: endsAt - now(), endsAt };
  }

  async function uncount(key: string): Promise<void> {
    if (findEnd(key) === null) return;
    const { consumedPoints } = await limiter.reward(key);
    if (consumedPoints < 0) await limiter.penalty(key); // no more is released than was reserved
  }

  return {
    consume: count,
    reserve: count,
    async release(key, endsAt) {
      if (now() < endsAt) await uncount(key);
    },
    async find(key) {
      const endsAt = findEnd(key);
      if (endsAt === null) return null;
      const found = await limiter.get(key);
      return found && { count: found.consumedPoints, resetMs: endsAt - now() };
    },
    async replace(key, window) {
      windowEnds.set(key, now() + window.resetMs);
      await limiter.set(key, window.count, 0);
    },
  };
}
