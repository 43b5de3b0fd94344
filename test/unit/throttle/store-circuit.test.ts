import { RateLimiterMemory } from 'rate-limiter-flexible';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createCounters } from '../../../src/throttle/create-counters.ts';
import { fromIoredis, type RateLimitRedis } from '../../../src/throttle/rate-limit-redis.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const perHour = { limit: 10, windowSeconds: 3600 };

const answerText = async () => ['one', 'minute'];

/** A Redis that never answers, and how often it was called. */
function createFrozenRedis() {
  let calls = 0;
  const never = () => {
    calls += 1;
    return new Promise<never>(() => {});
  };
  const redis: RateLimitRedis = { isReady: true, eval: never };
  return { redis, calls: () => calls };
}

test('a frozen Redis costs one deadline for all counters together', async () => {
  const { redis, calls } = createFrozenRedis();
  const { sessions, anonymous, logins, close } = createCounters({ redis, prefix: 'test', now: Date.now });
  const startedAt = performance.now();
  expect(await sessions.consume('key', perHour)).toMatchObject({ isExceeded: false, remaining: 9 });
  for (const counter of [sessions, anonymous, logins])
    expect(await counter.reserve('another key', perHour)).toMatchObject({ isExceeded: false, remaining: 9 });
  expect(calls()).toBe(1);
  expect(performance.now() - startedAt).toBeLessThan(1000);
  close();
});

test('closed counters leave no timer, and count in memory', async () => {
  const { redis } = createFrozenRedis();
  const { sessions, close } = createCounters({ redis, prefix: 'test', now: Date.now });
  await sessions.consume('key', perHour);
  expect(vi.getTimerCount()).toBe(1);
  close();
  expect(vi.getTimerCount()).toBe(0);
  expect(await sessions.consume('key', perHour)).toMatchObject({ remaining: 8 });
});

test('a client that connects for the first time has a second for it', async () => {
  const redis = { isReady: false, eval: async () => [1, 60_000] };
  const outages: string[] = [];
  const onOutage = { unavailable: (reason: string) => void outages.push(reason), recovered() {} };
  const { sessions, close } = createCounters({ redis, prefix: 'test', now: Date.now, onOutage });
  expect(await sessions.consume('key', perHour)).toMatchObject({ remaining: 9 });
  vi.advanceTimersByTime(900);
  expect(await sessions.consume('key', perHour)).toMatchObject({ remaining: 8 });
  expect(outages).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(await sessions.consume('key', perHour)).toMatchObject({ remaining: 7 });
  expect(outages).toEqual(['Redis is not connected']);
  close();
});

test('a client that was connected before is reported at once', async () => {
  const redis = { isReady: true, eval: async () => [1, 60_000] };
  const outages: string[] = [];
  const onOutage = { unavailable: (reason: string) => void outages.push(reason), recovered() {} };
  const { sessions, close } = createCounters({ redis, prefix: 'test', now: Date.now, onOutage });
  await sessions.consume('key', perHour);
  redis.isReady = false;
  await sessions.consume('key', perHour);
  expect(outages).toEqual(['Redis is not connected']);
  close();
});

/** Counters over a limiter that answers while it is ready, and what is reported about it. */
function openLimiter() {
  const limiter = new RateLimiterMemory({ points: 1, duration: 1 });
  const penalty = limiter.penalty.bind(limiter);
  const get = limiter.get.bind(limiter);
  const state = { isReady: false };
  const whenReady = <T>(answer: () => Promise<T>) =>
    state.isReady ? answer() : Promise.reject(new Error('Table is not created yet'));
  limiter.penalty = (...call) => whenReady(() => penalty(...call));
  limiter.get = (key) => whenReady(() => get(key));
  const reports: string[] = [];
  const onOutage = {
    unavailable: (reason: string) => void reports.push(reason),
    recovered: () => void reports.push('recovered'),
  };
  const counters = createCounters({ redis: null, limiter: () => limiter, prefix: 'test', now: Date.now, onOutage });
  onTestFinished(counters.close);
  return { ...counters, limiter, state, reports };
}

test('a limiter that creates its table has a second for it', async () => {
  const { sessions, state, reports } = openLimiter();
  expect(await sessions.consume('key', perHour)).toMatchObject({ remaining: 9 });
  await vi.advanceTimersByTimeAsync(900);
  state.isReady = true;
  await vi.advanceTimersByTimeAsync(2000);
  expect(reports).toEqual([]);
  expect(await sessions.consume('key', perHour)).toMatchObject({ remaining: 9 }); // the first one in the store
});

test('after that second, its outage is reported once, and its end', async () => {
  const { sessions, state, reports } = openLimiter();
  await sessions.consume('key', perHour);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(reports).toEqual(['Table is not created yet']);
  state.isReady = true;
  await vi.advanceTimersByTimeAsync(2000);
  expect(reports).toEqual(['Table is not created yet', 'recovered']);
});

test('a limiter that has answered before is reported at once', async () => {
  const { sessions, state, reports } = openLimiter();
  state.isReady = true;
  await sessions.consume('key', perHour);
  state.isReady = false;
  await sessions.consume('key', perHour);
  expect(reports).toEqual(['Table is not created yet']);
});

test('a limiter that has counted nothing yet can be used', async () => {
  const { check, state } = openLimiter();
  state.isReady = true;
  await expect(check?.()).resolves.toBeUndefined();
});

test('messages about a limiter do not name Redis', async () => {
  const { sessions, limiter, check, state, reports } = openLimiter();
  await expect(check?.()).rejects.toThrow("the limiter's store cannot be used");
  state.isReady = true;
  await vi.advanceTimersByTimeAsync(2000);
  limiter.penalty = () => new Promise(() => {});
  const counted = sessions.consume('key', perHour);
  await vi.advanceTimersByTimeAsync(200);
  await counted;
  expect(reports).toEqual(["the limiter's store did not answer within 100 ms"]);
});

test.each(['ready', 'wait', 'connecting', 'end'])('an ioredis whose status is %s', (status) => {
  const redis = fromIoredis({ status, defineCommand() {}, eval: answerText });
  expect(redis.isReady).toBe(status === 'ready' || status === 'wait');
});

test('an answer that is no count counts as a failure of Redis', async () => {
  const redis: RateLimitRedis = { isReady: true, eval: answerText };
  const { sessions, close } = createCounters({ redis, prefix: 'test', now: Date.now });
  expect(await sessions.consume('key', perHour)).toMatchObject({ isExceeded: false, remaining: 9 });
  expect(await sessions.consume('key', perHour)).toMatchObject({ isExceeded: false, remaining: 8 });
  close();
});
