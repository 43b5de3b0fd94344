import { LRUCache } from 'lru-cache';
import type { Quota } from '../values/rate.ts';
import type { Count, RateCounter } from './rate-counter.ts';

/** A key costs about 200 bytes, so this bounds the counter at some 20 MB. The keys idle longest are forgotten first. */
const maxKeys = 100_000;

interface Window {
  count: number;
  endsAt: number;
  /** The end as it was told at first, by the clock of who opened the window: later windows of the key end later. */
  readonly toldEnd: number;
}

export interface MemoryRateCounter extends RateCounter {
  /** Goes on from what was counted elsewhere, which may be less than was counted here. */
  goOnFrom(key: string, counted: { readonly count: number; readonly resetMs: number; readonly endsAt: number }): void;
}

/** Counts in this process. Without timers: a window's end is compared with the clock when it is read. */
export function createMemoryRateCounter(now: () => number): MemoryRateCounter {
  const windows = new LRUCache<string, Window>({ max: maxKeys });

  function currentWindow(key: string, windowMs: number): Window {
    const at = now();
    const found = windows.get(key);
    if (found !== undefined && at < found.endsAt) {
      found.endsAt = Math.min(found.endsAt, at + windowMs); // the rate may have been changed to a shorter window
      return found;
    }
    const started = { count: 0, endsAt: at + windowMs, toldEnd: at + windowMs };
    windows.set(key, started);
    return started;
  }

  async function take(key: string, quota: Quota): Promise<Count> {
    const window = currentWindow(key, quota.windowSeconds * 1000);
    const isExceeded = window.count >= quota.limit;
    if (!isExceeded) window.count += 1;
    const remaining = Math.max(0, quota.limit - window.count);
    return { isExceeded, remaining, resetMs: window.endsAt - now(), endsAt: window.toldEnd };
  }

  return {
    take,
    spend: take,
    async giveBack(key, endsAt) {
      const window = windows.get(key);
      const isSame = window !== undefined && now() < window.endsAt && window.toldEnd <= endsAt;
      if (isSame && window.count > 0) window.count -= 1;
    },
    goOnFrom(key, { count, resetMs, endsAt }) {
      windows.set(key, { count, endsAt: now() + resetMs, toldEnd: endsAt });
    },
  };
}
