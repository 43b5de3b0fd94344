import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fenceHolds, modules, stories, type Topic } from '../../support/cache/fence-stories.ts';
import { testLength } from '../../support/test-length.ts';

vi.mock(import('lru-cache'), async (importOriginal) => {
  const { withSmallCaches } = await import('../../support/cache/small-lru-cache.ts');
  return withSmallCaches(importOriginal);
});

const seed = Number(process.env['FENCE_SEED'] ?? 20_261_123);
const numRuns = Number(process.env['FENCE_RUNS'] ?? (testLength === 'full' ? 2000 : 100));

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterAll(() => {
  vi.useRealTimers();
});

describe.each(['shared', 'layered', 'bus'] as const)(
  `no interleaving lets a %s cache return stale data (seed ${seed})`,
  (kind) => {
    test.each(Object.keys(stories) as Topic[])('in stories of: %s', async (topic) => {
      await expect(fc.assert(fenceHolds(kind, topic, modules), { seed, numRuns })).resolves.toBeUndefined();
    });
  },
);
