import { expect, test } from 'vitest';
import { createMemoryRateCounter } from '../../../src/throttle/memory-rate-counter.ts';
import { testRateCounter } from '../../contracts/rate-counter.ts';
import { createClock } from '../../support/clock.ts';

testRateCounter(async () => {
  const clock = createClock();
  return { counter: createMemoryRateCounter(clock), now: clock, advance: clock.advance, toleranceMs: 0 };
});

const perDay = { limit: 1, windowSeconds: 86_400 };

test('the key used least recently is evicted, and starts at zero', async () => {
  const clock = createClock();
  const counter = createMemoryRateCounter(clock);
  const reservation = await counter.reserve('first', perDay);
  for (let index = 0; index < 100_000; index += 1) await counter.consume(`other ${index}`, perDay);
  expect(await counter.find('first')).toBeNull();
  await counter.release('first', reservation.endsAt);
  expect(await counter.reserve('first', perDay)).toMatchObject({ isExceeded: false });
  expect(await counter.reserve('first', perDay)).toMatchObject({ isExceeded: true });
});

test('a window counted elsewhere continues here', async () => {
  const clock = createClock();
  const counter = createMemoryRateCounter(clock);
  await counter.replace('key', { count: 1, resetMs: 500 });
  expect(await counter.find('key')).toEqual({ count: 1, resetMs: 500 });
  expect(await counter.consume('key', perDay)).toMatchObject({ isExceeded: true, resetMs: 500 });
  clock.advance(0.5);
  expect(await counter.find('key')).toBeNull();
  expect(await counter.consume('key', perDay)).toMatchObject({ isExceeded: false, resetMs: 86_400_000 });
});
