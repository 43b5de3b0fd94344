import { beforeEach, expect, test } from 'vitest';
import { clientScope, type SessionCache, tokenScope, userScope } from '../../src/cache/session-cache.ts';
import { FakeDatabase, versionOf } from '../support/cache/cache-parts.ts';
import { type Clock, createClock } from '../support/clock.ts';

/** For how long a cache under test may use an entry. */
export const ttlMs = 60_000;

/** What every cache of sessions does, by the clock that it is given. Each test opens a cache of its own. */
export function testSessionCache(open: (clock: Clock) => SessionCache | Promise<SessionCache>): void {
  let clock: Clock;
  let database: FakeDatabase;
  let cache: SessionCache;
  beforeEach(async () => {
    clock = createClock();
    database = new FakeDatabase();
    database.add('a');
    cache = await open(clock);
    return () => cache.close();
  });
  const find = async (selector = 'a') => versionOf((await cache.find(selector, database.load))?.record);

  test('asks the database once, and then answers by itself', async () => {
    expect([await find(), await find(), await find()]).toEqual([1, 1, 1]);
    expect(database.asked).toBe(1);
  });

  test('finds in memory what it finds, or nothing', async () => {
    expect(cache.findInMemory('a')).toBeNull();
    await find();
    const known = cache.findInMemory('a');
    expect([null, 1]).toContain(versionOf(known ?? undefined));
    clock.advance(60);
    expect(cache.findInMemory('a')).toBeNull();
  });

  test('asks again once the entry has reached its ttl', async () => {
    await find();
    clock.advance(59.999);
    await find();
    expect(database.asked).toBe(1);
    clock.advance(0.001);
    await find();
    expect(database.asked).toBe(2);
  });

  test('keeps nothing about a token that does not exist', async () => {
    expect([await find('b'), await find('b')]).toEqual([null, null]);
    database.add('b');
    expect(await find('b')).toBe(1);
  });

  test.each([tokenScope('a'), userScope(1), clientScope(1), 'all'] as const)(
    'drops what %s concerns',
    async (scope) => {
      await find();
      database.rows.delete('a');
      await cache.invalidate(scope);
      expect(cache.findInMemory('a')).toBeNull();
      expect(await find()).toBeNull();
    },
  );

  test.each([tokenScope('b'), userScope(2), clientScope(2)])('keeps what %s does not concern', async (scope) => {
    await find();
    await cache.invalidate(scope);
    await find();
    expect(database.asked).toBe(1);
  });

  test('caches anew after a change', async () => {
    await find();
    database.add('a');
    await cache.invalidate(tokenScope('a'));
    await find();
    await find();
    await find();
    expect(database.asked).toBe(2);
  });

  test('asks the database once for a thousand look-ups at once', async () => {
    await Promise.all(Array.from({ length: 1000 }, () => find()));
    expect(database.asked).toBe(1);
  });

  test.each([tokenScope('a'), userScope(1), clientScope(1), 'all'] as const)(
    'a slow reader does not put back what %s ended',
    async (scope) => {
      const hasRead = Promise.withResolvers<void>();
      const mayContinue = Promise.withResolvers<void>();
      const slow = cache.find('a', async (selector) => {
        const loaded = await database.load(selector);
        hasRead.resolve();
        await mayContinue.promise;
        return loaded;
      });
      await hasRead.promise;
      database.rows.delete('a');
      await cache.invalidate(scope);
      const later = find();
      mayContinue.resolve();
      expect(await later).toBeNull();
      await slow;
      expect(await find()).toBeNull();
    },
  );

  test('passes on that the database failed, and asks again', async () => {
    const failing = cache.find('a', () => Promise.reject(new Error('out of order')));
    await expect(failing).rejects.toThrow('out of order');
    expect(await find()).toBe(1);
  });

  test('closes', async () => {
    await find();
    expect(await cache.close()).toBeUndefined();
  });
}
