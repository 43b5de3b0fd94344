import { expect, test } from 'vitest';
import { createSharedCache } from '../../../src/cache/shared-cache.ts';
import { FakeDatabase, FakeStore, sharedParts, versionOf } from '../../support/cache/cache-parts.ts';
import { createClock } from '../../support/clock.ts';

const minute = 60_000;
const hour = 60 * minute;

/** Processes with different ttls over one store, as during a rollout. */
function open() {
  const clock = createClock();
  const database = new FakeDatabase();
  database.add('a');
  const store = new FakeStore(clock);
  const start = (ttlMs: number) => createSharedCache({ store, ...sharedParts, ttlMs, maxSessions: 10, now: clock });
  return { clock, database, long: start(hour), short: start(minute) };
}

// A fence lived for the ttl of the process that wrote it, and an entry for the ttl of the one that wrote the entry.
test.each(['user:1', 'client:1', 'token:a'] as const)(
  'the end of %s holds in a process with a longer ttl',
  async (scope) => {
    const { clock, database, long, short } = open();
    await long.find('a', database.load);
    clock.advance(10);
    database.rows.delete('a');
    await short.invalidate(scope);
    for (const seconds of [0, 71, hour / 1000 - 82, 11, minute / 1000]) {
      clock.advance(seconds);
      expect(await long.find('a', database.load)).toBeNull();
      expect(await short.find('a', database.load)).toBeNull();
    }
  },
);

test('a process uses an entry no longer than its own ttl', async () => {
  const { clock, database, long, short } = open();
  await long.find('a', database.load);
  const row = database.rows.get('a');
  if (row) row.version = 2; // without invalidating the cache
  clock.advance(59);
  expect(versionOf((await short.find('a', database.load))?.record)).toBe(1);
  clock.advance(1);
  expect(versionOf((await short.find('a', database.load))?.record)).toBe(2);
});
