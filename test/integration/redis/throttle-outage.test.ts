import { randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openNetworkPath } from '../../support/servers/network-path.ts';
import { type RedisServer, startRedis } from '../../support/servers/redis-server.ts';
import { noteUncaught } from '../../support/uncaught.ts';
import { createCounterProbe } from './throttle-probe.ts';

const uncaught = noteUncaught();
const probe = createCounterProbe();
let redis: RedisServer;
let key: string;
beforeEach(async () => {
  redis = await startRedis();
  key = `client:1:${randomUUID()}`;
});
afterEach(async () => {
  probe.closeAll();
  await redis.stop();
});

/** A call may wait for the deadline of 100 ms once; the rest is for a busy machine. */
const boundMs = 100 + 200;
const quota = { limit: 100, windowSeconds: 3600 };

type Member = Awaited<ReturnType<typeof probe.join>>;

async function consume({ counter }: Member) {
  const startedAt = performance.now();
  const count = await counter.consume(key, quota);
  return { ...count, tookMs: performance.now() - startedAt };
}

const times = (calls: readonly { tookMs: number }[]) => Math.max(...calls.map(({ tookMs }) => tookMs));

/** Waits until this process counts in Redis again, and returns what remains there for another process. */
async function seenInRedis(member: Member): Promise<number> {
  const [other, newKey] = [await probe.join(redis.url), `client:2:${randomUUID()}`];
  const isSeen = async () => {
    await member.counter.consume(newKey, quota);
    const { remaining, endsAt } = await other.counter.reserve(newKey, quota);
    if (remaining < 99) return remaining;
    await other.counter.release(newKey, endsAt);
    throw new Error('Redis does not count yet');
  };
  return vi.waitFor(isSeen, 5000);
}

const stops = {
  killed: () => redis.kill(),
  frozen: async () => redis.pause(),
};

test.each(Object.entries(stops))('while Redis is %s, counting continues from the known counts', async (_, stop) => {
  const member = await probe.join(redis.url);
  for (let call = 0; call < 60; call += 1) await consume(member);
  await stop();
  const first = await Promise.all(Array.from({ length: 30 }, () => consume(member)));
  expect(times(first)).toBeLessThan(boundMs);
  const next = await Promise.all(Array.from({ length: 30 }, () => consume(member)));
  expect(times(next)).toBeLessThan(100);
  const all = [...first, ...next];
  expect(all.filter(({ isExceeded }) => !isExceeded)).toHaveLength(40);
  expect(all.filter(({ isExceeded }) => isExceeded)).toHaveLength(20);
});

test('calls in progress when Redis is killed are counted', async () => {
  const member = await probe.join(redis.url);
  const calls = Array.from({ length: 300 }, () => consume(member));
  await Promise.race(calls);
  const [counts] = await Promise.all([Promise.all(calls), redis.kill()]);
  expect(times(counts)).toBeLessThan(boundMs + 500); // 300 calls, and a process that ends, take time of their own
  const passed = counts.filter(({ isExceeded }) => !isExceeded).length;
  expect(passed).toBeGreaterThanOrEqual(100);
  expect(passed).toBeLessThanOrEqual(101); // the one whose answer was lost may have been counted
});

test('a restarted Redis counts again', async () => {
  const member = await probe.join(redis.url);
  await consume(member);
  await redis.kill();
  await consume(member);
  await redis.restart();
  expect(await seenInRedis(member)).toBe(98);
});

test('Redis counts again once it is resumed, and no call waits for the probe', async () => {
  const member = await probe.join(redis.url);
  await consume(member);
  redis.pause();
  await consume(member);
  const startedAt = performance.now();
  const waits = [];
  while (performance.now() - startedAt < 1000) {
    waits.push(await consume(member));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(times(waits)).toBeLessThan(100);
  redis.resume();
  expect(await seenInRedis(member)).toBe(98);
});

test('with a Redis slower than the deadline only the first call waits', async () => {
  const path = await openNetworkPath(redis.url);
  const member = await probe.join(path.url);
  path.delayMs = 200;
  expect((await consume(member)).tookMs).toBeLessThan(boundMs);
  const next = [];
  for (let call = 0; call < 20; call += 1) next.push(await consume(member));
  expect(times(next)).toBeLessThan(100);
  path.delayMs = 0;
  expect(await seenInRedis(member)).toBe(98);
  probe.closeAll();
  await path.close();
});

test('a client that was never connected counts in memory', async () => {
  const client = createClient({ url: redis.url });
  const counter = probe.createCounter(client);
  const counts = await Promise.all([1, 2, 3].map(() => counter.consume(key, { limit: 2, windowSeconds: 60 })));
  expect(counts.map(({ isExceeded }) => isExceeded)).toEqual([false, false, true]);
});

test('a call reserved in Redis is released in memory while Redis is frozen', async () => {
  const { counter } = await probe.join(redis.url);
  const one = { limit: 1, windowSeconds: 3600 };
  const { endsAt } = await counter.reserve(key, one);
  redis.pause();
  const startedAt = performance.now();
  await counter.release(key, endsAt);
  expect(performance.now() - startedAt).toBeLessThan(boundMs);
  expect(await counter.reserve(key, one)).toMatchObject({ isExceeded: false });
});

test('none of this left an error uncaught', () => {
  expect(uncaught).toEqual([]);
});
