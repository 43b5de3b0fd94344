import { afterEach, beforeEach, expect, test, vi } from 'vitest';
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
