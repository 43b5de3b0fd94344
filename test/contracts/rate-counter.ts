import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { RateCounter } from '../../src/throttle/rate-counter.ts';
import { type Clock, createClock } from '../support/clock.ts';

const perMinute = (limit: number) => ({ limit, windowSeconds: 60 });

/** What every counter does, by the clock that it is given. */
export function testRateCounter(createCounter: (clock: Clock) => Promise<RateCounter>): void {
  async function open(limit: number) {
    const clock = createClock();
    const counter = await createCounter(clock);
    const key = randomUUID();
    return {
      clock,
      take: () => counter.take(key, perMinute(limit)),
      giveBack: (endsAt: number) => counter.giveBack(key, endsAt),
      takeFor: (windowSeconds: number) => counter.take(key, { limit, windowSeconds }),
    };
  }

  test('counts up to the quota, tells what is left and when the window ends, and begins anew then', async () => {
    const { clock, take } = await open(2);
    const endsAt = clock() + 60_000;
    expect(await take()).toEqual({ isExceeded: false, remaining: 1, resetMs: 60_000, endsAt });
    clock.advance(59);
    expect(await take()).toEqual({ isExceeded: false, remaining: 0, resetMs: 1000, endsAt });
    expect(await take()).toEqual({ isExceeded: true, remaining: 0, resetMs: 1000, endsAt });
    clock.advance(1);
    expect(await take()).toEqual({ isExceeded: false, remaining: 1, resetMs: 60_000, endsAt: endsAt + 60_000 });
  });

  test('what is given back may be taken again', async () => {
    const { take, giveBack } = await open(1);
    const { endsAt } = await take();
    expect(await take()).toMatchObject({ isExceeded: true });
    await giveBack(endsAt);
    expect(await take()).toMatchObject({ isExceeded: false });
    expect(await take()).toMatchObject({ isExceeded: true });
  });

  test('no more is given back than was taken', async () => {
    const { take, giveBack } = await open(1);
    const { endsAt } = await take();
    for (let times = 0; times < 3; times += 1) await giveBack(endsAt);
    expect(await take()).toMatchObject({ isExceeded: false });
    expect(await take()).toMatchObject({ isExceeded: true });
  });

  test('a call is given back to the window in which it was taken, not to a later one', async () => {
    const { clock, take, giveBack } = await open(1);
    const { endsAt } = await take();
    clock.advance(60);
    const later = await take();
    await giveBack(endsAt);
    expect(await take()).toMatchObject({ isExceeded: true });
    await giveBack(later.endsAt);
    expect(await take()).toMatchObject({ isExceeded: false });
  });

  test('a call is given back also when its window has been shortened since', async () => {
    const { take, takeFor, giveBack } = await open(1);
    const { endsAt } = await take();
    expect(await takeFor(10)).toMatchObject({ isExceeded: true, resetMs: 10_000 });
    await giveBack(endsAt);
    expect(await takeFor(10)).toMatchObject({ isExceeded: false });
  });
}
