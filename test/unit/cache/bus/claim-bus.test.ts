import { expect, test } from 'vitest';
import type { Bus } from '../../../../src/cache/bus.ts';
import { createCache } from '../../../../src/cache/create-cache.ts';
import { DurinUsageError } from '../../../../src/index.ts';
import { cacheParts, FakeBusNetwork, FakeDatabase, FakeStore } from '../../../support/cache/cache-parts.ts';
import { createClock } from '../../../support/clock.ts';

const clock = createClock();

function open(bus: Bus, hasStore = false) {
  const settings = { ttlMs: 60_000, maxSessions: 10, deadlineMs: 100 };
  const store = hasStore ? keyValuesOf(new FakeStore(clock)) : null;
  return createCache({ ...settings, store, bus }, { ...cacheParts, now: clock });
}

function keyValuesOf(store: FakeStore) {
  return {
    get: async (key: string) => (await store.getMany([key]))[0],
    set: store.set.bind(store),
    delete: store.delete.bind(store),
  };
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

test.each([false, true])('a bus that fails to start is started again; with a store: %s', async (hasStore) => {
  const own = new FakeBusNetwork().join();
  let starts = 0;
  const cache = open(
    {
      ...own,
      start(onMessage, onPossibleLoss) {
        starts += 1;
        if (starts <= 2) throw new DurinUsageError('no');
        own.start(onMessage, onPossibleLoss);
      },
    },
    hasStore,
  );
  const { load } = new FakeDatabase();
  for (const _ of [1, 2]) await expect(cache.find('a', load)).rejects.toThrow(DurinUsageError);
  expect(own.isConnected()).toBe(false);
  await cache.find('a', load);
  expect([own.isConnected(), starts]).toEqual([true, 3]);
  await cache.close();
});
