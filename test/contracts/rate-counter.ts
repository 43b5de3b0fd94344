import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Count, RateCounter } from '../../src/throttle/rate-counter.ts';

const perMinute = (limit: number) => ({ limit, windowSeconds: 60 });

export interface OpenCounter {
  readonly counter: RateCounter;
  readonly now: () => number;
  /** Moves the clock that ends windows. */
  readonly advance: (seconds: number) => void | Promise<void>;
  /** How much the time of a store whose clock runs may differ. */
  readonly toleranceMs: number;
}

/** What every rate counter does. */
export function testRateCounter(openCounter: () => Promise<OpenCounter>): void {
  async function open(limit: number) {
    const { counter, now, advance, toleranceMs } = await openCounter();
    const key = randomUUID();
    function expectCount(count: Count, { isExceeded, remaining, resetMs }: Omit<Count, 'endsAt'>) {
      expect(count).toMatchObject({ isExceeded, remaining });
      expect(Math.abs(count.resetMs - resetMs)).toBeLessThanOrEqual(toleranceMs);
      expect(Math.abs(count.endsAt - now() - resetMs)).toBeLessThanOrEqual(toleranceMs);
    }
    return {
      advance,
      expectCount,
      consume: () => counter.consume(key, perMinute(limit)),
      reserve: () => counter.reserve(key, perMinute(limit)),
      release: (endsAt: number) => counter.release(key, endsAt),
      reserveFor: (windowSeconds: number) => counter.reserve(key, { limit, windowSeconds }),
      consumeOf: (newLimit: number) => counter.consume(key, perMinute(newLimit)),
    };
  }

  test('counts up to the quota, and starts again when the window ends', async () => {
    const { advance, reserve, expectCount } = await open(2);
    expectCount(await reserve(), { isExceeded: false, remaining: 1, resetMs: 60_000 });
    await advance(50);
    expectCount(await reserve(), { isExceeded: false, remaining: 0, resetMs: 10_000 });
    expectCount(await reserve(), { isExceeded: true, remaining: 0, resetMs: 10_000 });
    await advance(10);
    expectCount(await reserve(), { isExceeded: false, remaining: 1, resetMs: 60_000 });
    expect(await reserve()).toMatchObject({ isExceeded: false, remaining: 0 });
  });

  test('a released call can be reserved again', async () => {
    const { reserve, release } = await open(1);
    const { endsAt } = await reserve();
    expect(await reserve()).toMatchObject({ isExceeded: true });
    await release(endsAt);
    expect(await reserve()).toMatchObject({ isExceeded: false });
    expect(await reserve()).toMatchObject({ isExceeded: true });
  });

  test('no more is released than was reserved', async () => {
    const { reserve, release } = await open(1);
    const { endsAt } = await reserve();
    for (let times = 0; times < 3; times += 1) await release(endsAt);
    expect(await reserve()).toMatchObject({ isExceeded: false });
    expect(await reserve()).toMatchObject({ isExceeded: true });
  });

  test('a call is released in its own window, not in a later one', async () => {
    const { advance, reserve, release } = await open(1);
    const { endsAt } = await reserve();
    await advance(60);
    const later = await reserve();
    await release(endsAt);
    expect(await reserve()).toMatchObject({ isExceeded: true });
    await release(later.endsAt);
    expect(await reserve()).toMatchObject({ isExceeded: false });
  });

  test('a call is released also when its window has been shortened since', async () => {
    const { reserve, reserveFor, release, expectCount } = await open(1);
    const { endsAt } = await reserve();
    expectCount(await reserveFor(10), { isExceeded: true, remaining: 0, resetMs: 10_000 });
    await release(endsAt);
    expect(await reserveFor(10)).toMatchObject({ isExceeded: false });
  });

  test('refused calls use up nothing of a higher quota', async () => {
    const { consume, consumeOf } = await open(2);
    for (let call = 0; call < 10; call += 1) await consume();
    expect(await consumeOf(4)).toMatchObject({ isExceeded: false, remaining: 1 });
  });

  test('a lower quota counts the calls of its window', async () => {
    const { consume, consumeOf } = await open(5);
    for (let call = 0; call < 3; call += 1) await consume();
    expect(await consumeOf(2)).toMatchObject({ isExceeded: true, remaining: 0 });
    expect(await consumeOf(4)).toMatchObject({ isExceeded: false, remaining: 0 });
  });
}
