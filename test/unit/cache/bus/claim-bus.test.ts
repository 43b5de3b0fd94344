import { expect, test } from 'vitest';
import type { Bus } from '../../../../src/cache/bus.ts';
import { createCache } from '../../../../src/cache/create-cache.ts';
import { DurinUsageError } from '../../../../src/index.ts';
import { cacheParts, FakeBusNetwork } from '../../../support/cache/cache-parts.ts';
import { createClock } from '../../../support/clock.ts';

const clock = createClock();

function open(bus: Bus) {
  const settings = { ttlMs: 60_000, maxSessions: 10, deadlineMs: 100, store: null, bus };
  return createCache(settings, { ...cacheParts, now: clock });
}

test('a bus that serves a durin is refused to another one', () => {
  const bus = new FakeBusNetwork().join();
  open(bus);
  expect(() => open(bus)).toThrow(DurinUsageError);
  expect(() => open(bus)).toThrow('cache.bus');
});

test('once the durin is closed, its bus may serve another one', async () => {
  const bus = new FakeBusNetwork().join();
  const first = open(bus);
  await first.close();
  const second = open(bus);
  await first.close(); // which is over, and leaves the second one its bus
  expect(() => open(bus)).toThrow(DurinUsageError);
  await second.close();
  expect(() => open(bus)).not.toThrow();
});
