import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Bus } from '../../../../src/cache/bus.ts';
import { createCache } from '../../../../src/cache/create-cache.ts';
import { DurinUsageError } from '../../../../src/index.ts';
import { cacheParts, FakeBusNetwork, FakeDatabase, FakeStore } from '../../../support/cache/cache-parts.ts';
import { createClock } from '../../../support/clock.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const clock = createClock();

function keyValuesOf(store: FakeStore) {
  return {
    get: async (key: string) => (await store.getMany([key]))[0],
    set: store.set.bind(store),
    delete: store.delete.bind(store),
  };
}

/** How a bus may fail to start. The last one fails half started: it is connected. */
const ways = {
  throws() {
    throw new DurinUsageError('cannot start');
  },
  rejects: () => Promise.reject(new DurinUsageError('cannot start')),
  'throws although connected'(start: () => void) {
    start();
    throw new DurinUsageError('cannot start');
  },
};

const cases = Object.entries<(start: () => void) => unknown>(ways).flatMap(([way, fail]) =>
  [false, true].map((hasStore) => ({ way, fail, hasStore, beside: hasStore ? 'with a store' : 'without a store' })),
);

describe.each(cases)('a bus whose start $way, $beside', ({ fail, hasStore }) => {
  /** Two processes. The bus of the first one does not start before `repair()`. */
  function open() {
    const database = new FakeDatabase();
    database.add('a');
    const store = hasStore ? keyValuesOf(new FakeStore(clock)) : null;
    const network = new FakeBusNetwork();
    const own = network.join();
    const events: string[] = [];
    const state = { isBroken: true, starts: 0 };
    const broken: Bus = {
      ...own,
      start(onMessage, onPossibleLoss): void {
        state.starts += 1;
        const start = () => own.start(onMessage, onPossibleLoss);
        return state.isBroken ? (fail(start) as void) : start();
      },
    };
    const settings = { ttlMs: 60_000, maxSessions: 10, deadlineMs: 100, store };
    const parts = { ...cacheParts, now: clock, monotonicNow: clock };
    const here = createCache(
      { ...settings, bus: broken },
      {
        ...parts,
        watchPart: (part) => ({
          unavailable: (reason) => void events.push(`${part}: ${reason}`),
          recovered: () => void events.push(`${part} recovered`),
        }),
      },
    );
    const there = createCache({ ...settings, bus: network.join() }, parts);
    const repair = () => {
      state.isBroken = false;
    };
    return { database, here, there, events, state, repair };
  }

  test('refuses no session, and keeps none in memory', async () => {
    const { database, here } = open();
    for (const _ of [1, 2, 3]) expect(await here.find('a', database.load)).toMatchObject({ record: { selector: 'a' } });
    expect(here.findInMemory('a')).toBeNull();
    expect(database.asked).toBe(hasStore ? 1 : 3);
    await here.close();
  });

  test('is started again by the next call, and then used', async () => {
    const { database, here, there, state, repair } = open();
    await here.find('a', database.load);
    repair();
    await here.find('a', database.load);
    await here.find('a', database.load);
    expect(state.starts).toBe(2);
    expect(here.findInMemory('a')).not.toBeNull();
    await there.invalidate('token:a');
    expect(here.findInMemory('a')).toBeNull();
    await here.close();
  });

  test('does not keep a change from being announced', async () => {
    const { database, here, there, repair } = open();
    await there.find('a', database.load);
    database.rows.delete('a');
    const fence = await here.invalidate('token:a');
    expect(fence !== null).toBe(hasStore);
    expect(await here.find('a', database.load)).toBeNull();
    repair();
    await here.find('b', database.load);
    await vi.advanceTimersByTimeAsync(200); // what could not be sent is sent again
    expect(await there.find('a', database.load)).toBeNull();
    await Promise.all([here.close(), there.close()]);
  });

  test('is an outage with its error, reported once', async () => {
    const { database, here, events, repair } = open();
    expect(() => here.connect?.()).not.toThrow(); // as durin.health() does
    await Promise.resolve();
    expect(events).toEqual(['bus: cannot start']);
    await here.invalidate('all');
    await here.find('a', database.load);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(events).toEqual(['bus: cannot start']);
    repair();
    here.connect?.();
    await vi.advanceTimersByTimeAsync(2000);
    expect(events).toEqual(['bus: cannot start', 'bus recovered']);
    await here.close();
  });
});
