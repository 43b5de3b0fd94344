import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { createClientPool } from 'redis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type OpenRedis, openRedis } from '../../support/servers/redis-server.ts';
import { createCounterProbe } from './throttle-probe.ts';

let redis: OpenRedis;
beforeAll(async () => {
  redis = await openRedis();
});
afterAll(() => redis.stop());

const probe = createCounterProbe();
afterEach(probe.closeAll);

const perHour = (limit: number) => ({ limit, windowSeconds: 3600 });
const newKey = () => `client:1:${randomUUID()}`;

test('of 200 concurrent calls in two processes a quota of 100 lets 100 pass', async () => {
  const [one, other] = [await probe.join(redis.url), await probe.join(redis.url)];
  for (const { counter } of [one, other]) await counter.consume(newKey(), perHour(1));
  const key = newKey();
  const counts = await Promise.all(
    Array.from({ length: 200 }, (_, index) => (index % 2 ? one : other).counter.consume(key, perHour(100))),
  );
  const within = counts.filter(({ isExceeded }) => !isExceeded);
  expect(within).toHaveLength(100);
  expect(within.map(({ remaining }) => remaining).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 100 }, (_, index) => index),
  );
  for (const { resetMs } of counts) expect(Math.abs(resetMs - 3_600_000)).toBeLessThan(10_000);
});

test('a used-up key is refused without asking Redis until its window ends', async () => {
  const { counter, asked, advance } = await probe.joinWithClock(redis.url);
  const key = newKey();
  await counter.consume(key, perHour(1));
  expect(await counter.consume(key, perHour(1))).toMatchObject({ isExceeded: true, remaining: 0 });
  const askedBefore = asked();
  await advance(3500);
  for (let call = 0; call < 100; call += 1) {
    const { resetMs, ...refusal } = await counter.consume(key, perHour(1));
    expect(refusal).toMatchObject({ isExceeded: true, remaining: 0 });
    expect(Math.abs(resetMs - 100_000)).toBeLessThan(10_000);
  }
  expect(asked()).toBe(askedBefore);
  await advance(100);
  const { resetMs, ...count } = await counter.consume(key, perHour(1));
  expect(count).toMatchObject({ isExceeded: false, remaining: 0 });
  expect(Math.abs(resetMs - 3_600_000)).toBeLessThan(10_000);
});

test('a flood of login attempts is refused mostly without asking Redis', async () => {
  const { counter, asked } = await probe.join(redis.url);
  const key = newKey();
  await counter.reserve(key, perHour(1));
  const askedBefore = asked();
  for (let call = 0; call < 1000; call += 1)
    expect(await counter.reserve(key, perHour(1))).toMatchObject({ isExceeded: true });
  expect(asked() - askedBefore).toBeLessThan(20);
});

test('a higher quota applies to the next call of a refused caller', async () => {
  const { counter } = await probe.join(redis.url);
  const key = newKey();
  await counter.consume(key, perHour(1));
  expect(await counter.consume(key, perHour(1))).toMatchObject({ isExceeded: true });
  expect(await counter.consume(key, perHour(3))).toMatchObject({ isExceeded: false, remaining: 1 });
});

test('a call that one process releases can be reserved by another', async () => {
  const [one, other] = [await probe.join(redis.url), await probe.join(redis.url)];
  const key = newKey();
  const { endsAt } = await one.counter.reserve(key, perHour(1));
  await one.counter.release(key, endsAt);
  expect(await other.counter.reserve(key, perHour(1))).toMatchObject({ isExceeded: false });
  expect(await one.counter.reserve(key, perHour(1))).toMatchObject({ isExceeded: true });
  await other.counter.release(key, endsAt);
  await wait(300); // a refusal is repeated for 250 ms
  expect(await one.counter.reserve(key, perHour(1))).toMatchObject({ isExceeded: false });
});

test('a released call can be reserved at once in its process', async () => {
  const { counter } = await probe.join(redis.url);
  const key = newKey();
  const { endsAt } = await counter.reserve(key, perHour(1));
  expect(await counter.reserve(key, perHour(1))).toMatchObject({ isExceeded: true });
  await counter.release(key, endsAt);
  expect(await counter.reserve(key, perHour(1))).toMatchObject({ isExceeded: false });
});

test('a window ends by the clock of Redis', async () => {
  const { counter, client } = await probe.join(redis.url);
  const key = newKey();
  const perSecond = { limit: 1, windowSeconds: 1 };
  const { resetMs } = await counter.consume(key, perSecond);
  expect(resetMs).toBeGreaterThan(900);
  expect(resetMs).toBeLessThanOrEqual(1000);
  expect(await counter.consume(key, perSecond)).toMatchObject({ isExceeded: true });
  await wait(1010);
  expect(await client.exists(`durin:rate:test:calls:${key}`)).toBe(0); // expired by itself
  expect(await counter.consume(key, perSecond)).toMatchObject({ isExceeded: false });
});

test('a shorter window starts at its first call', async () => {
  const { counter, advance, now } = await probe.joinWithClock(redis.url);
  const key = newKey();
  await counter.consume(key, { limit: 2, windowSeconds: 86_400 });
  await advance(3600);
  const perMinute = { limit: 1, windowSeconds: 60 };
  expect(await counter.consume(key, perMinute)).toEqual({
    isExceeded: true,
    remaining: 0,
    resetMs: 60_000,
    endsAt: now() + 60_000,
  });
  await advance(60);
  expect(await counter.consume(key, perMinute)).toMatchObject({ isExceeded: false });
});

test('a script that Redis has dropped is sent again', async () => {
  const { counter, client } = await probe.join(redis.url);
  const key = newKey();
  await counter.consume(key, perHour(9));
  await client.scriptFlush();
  expect(await counter.consume(key, perHour(9))).toMatchObject({ remaining: 7 });
});

test('a pool of connections counts as one client does', async () => {
  const pool = createClientPool({ url: redis.url });
  await pool.connect();
  const { counter } = await probe.join(redis.url);
  const pooled = probe.createCounter(pool);
  const key = newKey();
  await counter.consume(key, perHour(3));
  expect(await pooled.consume(key, perHour(3))).toMatchObject({ isExceeded: false, remaining: 1 });
  expect(await counter.consume(key, perHour(3))).toMatchObject({ isExceeded: false, remaining: 0 });
  pool.destroy();
});

test('keys that version 0.1 left in Redis do not disturb counting', async () => {
  const [one, other] = [await probe.join(redis.url), await probe.join(redis.url)];
  const key = newKey();
  await one.client.hSet(`durin:rate:test:${key}`, { count: 1, ends: Date.now() + 60_000 });
  await one.counter.consume(key, perHour(3));
  expect(await other.counter.consume(key, perHour(3))).toMatchObject({ isExceeded: false, remaining: 1 });
});
