import { beforeEach, describe, expect, test } from 'vitest';
import { createLayeredCache } from '../../../src/cache/layered-cache.ts';
import { createMemoryCache } from '../../../src/cache/memory-cache.ts';
import { clientScope, type SessionCache, tokenScope, userScope } from '../../../src/cache/session-cache.ts';
import { createSharedCache } from '../../../src/cache/shared-cache.ts';
import { FakeBusNetwork, FakeDatabase, FakeStore, fakeFormat, versionOf } from '../../support/cache/cache-parts.ts';
import { type Clock, createClock } from '../../support/clock.ts';

const ttlMs = 60_000;

const kinds = {
  memory: (now: Clock): SessionCache => createMemoryCache({ ttlMs, maxSessions: 100, now }),
  shared: (now: Clock): SessionCache =>
    createSharedCache({ store: new FakeStore(now), format: fakeFormat, ttlMs, maxSessions: 100, now }),
  layered: (now: Clock): SessionCache => {
    const memory = createMemoryCache({ ttlMs, maxSessions: 100, now });
    const shared = createSharedCache({ store: new FakeStore(now), format: fakeFormat, ttlMs, maxSessions: 100, now });
    return createLayeredCache({ memory, shared, bus: new FakeBusNetwork().join(), now });
  },
};

describe.each(Object.entries(kinds))('the %s cache', (_kind, create) => {
  let clock: Clock;
  let database: FakeDatabase;
  let cache: SessionCache;
  beforeEach(() => {
    clock = createClock();
    database = new FakeDatabase();
    database.add('a');
    cache = create(clock);
  });
  const find = async (selector = 'a') => versionOf((await cache.find(selector, database.load))?.record);

  test('asks the database once, and then answers by itself', async () => {
    expect([await find(), await find(), await find()]).toEqual([1, 1, 1]);
    expect(database.asked).toBe(1);
  });

  test('asks again once the entry is as old as it may be', async () => {
    await find();
    clock.advance(59.999);
    await find();
    expect(database.asked).toBe(1);
    clock.advance(0.001);
    await find();
    expect(database.asked).toBe(2);
  });

  test('keeps nothing of a token that is not there', async () => {
    expect([await find('b'), await find('b')]).toEqual([null, null]);
    database.add('b');
    expect(await find('b')).toBe(1);
  });

  test.each([tokenScope('a'), userScope(1), clientScope(1), 'all'] as const)(
    'forgets what %s concerns',
    async (scope) => {
      await find();
      database.rows.delete('a');
      await cache.invalidate(scope);
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

  test('asks once for a thousand who ask at once', async () => {
    await Promise.all(Array.from({ length: 1000 }, () => find()));
    expect(database.asked).toBe(1);
  });

  test.each([tokenScope('a'), userScope(1), clientScope(1), 'all'] as const)(
    'does not let a reader who was on the way put back what %s ended',
    async (scope) => {
      const read = Promise.withResolvers<void>();
      const goOn = Promise.withResolvers<void>();
      const slow = cache.find('a', async (selector) => {
        const loaded = await database.load(selector);
        read.resolve();
        await goOn.promise;
        return loaded;
      });
      await read.promise;
      database.rows.delete('a');
      await cache.invalidate(scope);
      const later = find();
      goOn.resolve();
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
});
