import { describe } from 'vitest';
import { createBusCache } from '../../../src/cache/bus/bus-cache.ts';
import { noDatabaseChanges } from '../../../src/cache/bus/messages.ts';
import { createLayeredCache } from '../../../src/cache/layered-cache.ts';
import { createMemoryCache } from '../../../src/cache/memory-cache.ts';
import type { SessionCache } from '../../../src/cache/session-cache.ts';
import { createSharedCache } from '../../../src/cache/shared-cache.ts';
import { testSessionCache, ttlMs } from '../../contracts/session-cache.ts';
import { FakeBusNetwork, FakeStore, sharedParts } from '../../support/cache/cache-parts.ts';
import type { Clock } from '../../support/clock.ts';

// test/integration/redis/session-cache.test.ts runs the same contract over a real Redis.

const openMemory = (now: Clock) => createMemoryCache({ ttlMs, maxSessions: 100, now });
const openShared = (now: Clock) =>
  createSharedCache({ store: new FakeStore(now), ...sharedParts, ttlMs, maxSessions: 100, now });

const kinds: Record<string, (now: Clock) => SessionCache> = {
  memory: openMemory,
  shared: openShared,
  layered: (now) =>
    createLayeredCache({
      namespace: 'test',
      memory: openMemory(now),
      shared: openShared(now),
      bus: new FakeBusNetwork().join(),
      now,
    }),
  bus: (now) =>
    createBusCache({
      namespace: 'test',
      memory: openMemory(now),
      bus: new FakeBusNetwork().join(),
      databaseChanges: noDatabaseChanges,
      now,
    }),
};

describe.each(Object.entries(kinds))('the %s cache', (_kind, open) => {
  testSessionCache(open);
});
