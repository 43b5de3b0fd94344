import fc from 'fast-check';
import type * as LRUCacheModule from 'lru-cache';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fenceHolds, modules, stories, type Topic } from '../../support/cache/fence-stories.ts';

// LRUCache allocates its room at once, which would take longer than the rest of a run.
vi.mock(import('lru-cache'), async (importOriginal) => {
  const { LRUCache, ...others } = await importOriginal();
  class SmallCache<K extends {}, V extends {}, FC> extends LRUCache<K, V, FC> {
    constructor(options: LRUCacheModule.LRUCache.Options<K, V, FC>) {
      super({ ...options, max: 100 });
    }
  }
  return { ...others, LRUCache: SmallCache };
});

const seed = Number(process.env['FENCE_SEED'] ?? 20_261_123);
const numRuns = Number(process.env['FENCE_RUNS'] ?? 500);

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterAll(() => {
  vi.useRealTimers();
});

describe.each(['shared', 'layered'] as const)(
  `no interleaving lets a %s cache return stale data (seed ${seed})`,
  (kind) => {
    test.each(Object.keys(stories) as Topic[])('in stories of: %s', async (topic) => {
      await expect(fc.assert(fenceHolds(kind, topic, modules), { seed, numRuns })).resolves.toBeUndefined();
    });
  },
);
