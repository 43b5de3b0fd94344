import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCounters } from '../../../src/throttle/create-counters.ts';
import type { Limiter } from '../../../src/throttle/limiter-rate-counter.ts';
import type { RateCounters } from '../../../src/throttle/rate-counter.ts';
import { testRateCounter } from '../../contracts/rate-counter.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const { close } of opened.splice(0)) close();
  vi.useRealTimers();
});

const opened: RateCounters[] = [];
function open(limiter: Limiter, now = Date.now) {
  const counters = createCounters({ redis: null, limiter: () => limiter, prefix: 'test', now });
  opened.push(counters);
  return counters.sessions;
}

const createMemory = () => new RateLimiterMemory({ points: 1, duration: 1 });

testRateCounter(async () => ({
  counter: open(createMemory()),
  now: Date.now,
  advance: (seconds) => void vi.advanceTimersByTime(seconds * 1000),
  toleranceMs: 0,
}));

test('a window that began by a clock which is ahead loses no count', async () => {
  const limiter = createMemory();
  const set = vi.spyOn(limiter, 'set');
  const penalty = limiter.penalty.bind(limiter);
  limiter.penalty = async (...call) => {
    const { remainingPoints, msBeforeNext, consumedPoints } = await penalty(...call);
    return new RateLimiterRes(remainingPoints, msBeforeNext + 5000, consumedPoints); // as a clock sees it that lags
  };
  const quota = { limit: 10, windowSeconds: 60 };
  expect(await open(limiter).consume('key', quota)).toMatchObject({ remaining: 9, resetMs: 60_000 });
  expect(set).not.toHaveBeenCalled();
});
