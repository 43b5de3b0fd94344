import { expect, test } from 'vitest';
import { createSharedCache } from '../../../src/cache/shared-cache.ts';
import { FakeDatabase, FakeStore, fakeFormat, versionOf } from '../../support/cache/cache-parts.ts';
import { createClock } from '../../support/clock.ts';

const minute = 60_000;
const hour = 60 * minute;

/** Processes of different ttl over one store, as while a new version is rolled out. */
function open() {
  const clock = createClock();
  const database = new FakeDatabase();
  database.add('a');
  const store = new FakeStore(clock);
  const start = (ttlMs: number) => createSharedCache({ store, format: fakeFormat, ttlMs, maxSessions: 10, now: clock });
  return { clock, database, long: start(hour), short: start(minute) };
}

// A fence lived for its writer's ttl, an entry for that of whoever wrote it.
test.each(['user:1', 'client:1', 'token:a'] as const)(
  'what ends %s in one process holds in one that remembers longer',
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

test('an entry is used for no longer than the ttl of who uses it', async () => {
  const { clock, database, long, short } = open();
  await long.find('a', database.load);
  const row = database.rows.get('a');
  if (row) row.version = 2; // past the ORM, so that nobody is told
  clock.advance(59);
  expect(versionOf((await short.find('a', database.load))?.record)).toBe(1);
  clock.advance(1);
  expect(versionOf((await short.find('a', database.load))?.record)).toBe(2);
});
