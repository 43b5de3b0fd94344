import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createClock } from '../../support/clock.ts';
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

test('two processes that spend 200 calls at once of a quota of 100 let through 100', async () => {
  const [one, other] = [await probe.join(redis.url), await probe.join(redis.url)];
  for (const { counter } of [one, other]) await counter.spend(newKey(), perHour(1)); // Redis knows the script by now
  const key = newKey();
  const counts = await Promise.all(
    Array.from({ length: 200 }, (_, index) => (index % 2 ? one : other).counter.spend(key, perHour(100))),
  );
  const within = counts.filter(({ isExceeded }) => !isExceeded);
  expect(within).toHaveLength(100);
  expect(within.map(({ remaining }) => remaining).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 100 }, (_, index) => index),
  );
  for (const { resetMs } of counts) expect(Math.abs(resetMs - 3_600_000)).toBeLessThan(10_000);
});

test('who is refused is refused without asking Redis again, until the window ends', async () => {
  const clock = createClock();
  const { counter, asked } = await probe.join(redis.url, clock);
  const key = newKey();
  await counter.spend(key, perHour(1));
  expect(await counter.spend(key, perHour(1))).toMatchObject({ isExceeded: true, remaining: 0, resetMs: 3_600_000 });
  const askedBefore = asked();
  clock.advance(3599);
  for (let call = 0; call < 100; call += 1)
    expect(await counter.spend(key, perHour(1))).toMatchObject({ isExceeded: true, remaining: 0, resetMs: 1000 });
  expect(asked()).toBe(askedBefore);
  clock.advance(1);
  expect(await counter.spend(key, perHour(1))).toMatchObject({ isExceeded: false, remaining: 0, resetMs: 3_600_000 });
});

test('a flood of attempts at a login is refused mostly without asking Redis', async () => {
  const { counter, asked } = await probe.join(redis.url);
  const key = newKey();
  await counter.take(key, perHour(1));
  const askedBefore = asked();
  for (let call = 0; call < 1000; call += 1)
    expect(await counter.take(key, perHour(1))).toMatchObject({ isExceeded: true });
  expect(asked() - askedBefore).toBeLessThan(20);
});

test('a greater quota is heard of at once by who was refused', async () => {
  const { counter } = await probe.join(redis.url);
  const key = newKey();
  await counter.spend(key, perHour(1));
  expect(await counter.spend(key, perHour(1))).toMatchObject({ isExceeded: true });
  expect(await counter.spend(key, perHour(3))).toMatchObject({ isExceeded: false, remaining: 1 });
});

test('what one process gives back another one may take', async () => {
  const [one, other] = [await probe.join(redis.url), await probe.join(redis.url)];
  const key = newKey();
  const { endsAt } = await one.counter.take(key, perHour(1));
  await one.counter.giveBack(key, endsAt);
  expect(await other.counter.take(key, perHour(1))).toMatchObject({ isExceeded: false });
  expect(await one.counter.take(key, perHour(1))).toMatchObject({ isExceeded: true });
  await other.counter.giveBack(key, endsAt);
  await wait(300); // for so long a refusal is remembered
  expect(await one.counter.take(key, perHour(1))).toMatchObject({ isExceeded: false });
});

test('who gives back is not refused by what it remembers', async () => {
  const { counter } = await probe.join(redis.url);
  const key = newKey();
  const { endsAt } = await counter.take(key, perHour(1));
  expect(await counter.take(key, perHour(1))).toMatchObject({ isExceeded: true });
  await counter.giveBack(key, endsAt);
  expect(await counter.take(key, perHour(1))).toMatchObject({ isExceeded: false });
});

test('a window ends by the clock of Redis', async () => {
  const { counter, client } = await probe.join(redis.url);
  const key = newKey();
  const perSecond = { limit: 1, windowSeconds: 1 };
  const { resetMs } = await counter.spend(key, perSecond);
  expect(resetMs).toBe(1000);
  expect(await counter.spend(key, perSecond)).toMatchObject({ isExceeded: true });
  await wait(1001);
  expect(await counter.spend(key, perSecond)).toMatchObject({ isExceeded: false });
  expect(await client.pTTL(`durin:rate:test:${key}`)).toBeGreaterThan(1000); // and Redis forgets it by itself
});

test('a shorter window counts from when it is first asked for', async () => {
  const clock = createClock();
  const { counter } = await probe.join(redis.url, clock);
  const key = newKey();
  await counter.spend(key, { limit: 2, windowSeconds: 86_400 });
  clock.advance(3600);
  const perMinute = { limit: 1, windowSeconds: 60 };
  expect(await counter.spend(key, perMinute)).toMatchObject({ isExceeded: true, remaining: 0, resetMs: 60_000 });
  clock.advance(60);
  expect(await counter.spend(key, perMinute)).toMatchObject({ isExceeded: false });
});

test('a script that Redis has forgotten is sent again', async () => {
  const { counter, client } = await probe.join(redis.url);
  const key = newKey();
  await counter.spend(key, perHour(9));
  await client.scriptFlush();
  expect(await counter.spend(key, perHour(9))).toMatchObject({ remaining: 7 });
});
