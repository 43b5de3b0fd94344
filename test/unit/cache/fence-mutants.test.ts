import fc from 'fast-check';
import type * as LRUCacheModule from 'lru-cache';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type * as layeredModule from '../../../src/cache/layered-cache.ts';
import type * as memoryModule from '../../../src/cache/memory-cache.ts';
import type * as sharedModule from '../../../src/cache/shared-cache.ts';
import { fenceHolds, type Kind, type Modules, modules, type Topic } from '../../support/cache/fence-stories.ts';
import { loadMutant, type Mutation } from '../../support/cache/mutants.ts';

// It sets aside its room at once, which takes longer than all that happens in a run.
vi.mock(import('lru-cache'), async (importOriginal) => {
  const { LRUCache, ...others } = await importOriginal();
  class SmallCache<K extends {}, V extends {}, FC> extends LRUCache<K, V, FC> {
    constructor(options: LRUCacheModule.LRUCache.Options<K, V, FC>) {
      super({ ...options, max: 100 });
    }
  }
  return { ...others, LRUCache: SmallCache };
});

const seed = 20_261_123;

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterAll(() => {
  vi.useRealTimers();
});

const memory = (...mutations: Mutation[]) => loadMutant<typeof memoryModule>('memory-cache', mutations);
const shared = (...mutations: Mutation[]) => loadMutant<typeof sharedModule>('shared-cache', mutations);
const layered = (...mutations: Mutation[]) => loadMutant<typeof layeredModule>('layered-cache', mutations);

/** What is wrong, in which kind, and how. */
const mutants: readonly (readonly [name: string, kind: Kind, topic: Topic, load: () => Promise<Partial<Modules>>])[] = [
  ['there is no fence, only the entry is deleted', 'shared', 'anything', () => shared(['await raise(scope);', ''])],
  [
    'the fence is written and no look-up compares it',
    'shared',
    'anything',
    () => shared([/const isUnchanged = .*;/, 'const isUnchanged = true;']),
  ],
  [
    'the entry is deleted before the fence is written, which only who fills looks at',
    'shared',
    'anything',
    () =>
      shared(
        [/const isUnchanged = .*;/, 'const isUnchanged = true;'],
        ['await raise(scope);', ''],
        [/(?<=await store\.delete\(entryKey.*\);)/, 'await raise(scope);'],
      ),
  ],
  [
    'an entry carries the fences as they are when it is written',
    'shared',
    'anything',
    () => shared(['await fencesBeforeLoad(seen, owner)', 'await readFences(scopesOf(selector, owner))']),
  ],
  [
    'a fence that was not looked at counts as unchanged',
    'shared',
    'time',
    () => shared([/return \[\.\.\.after\.values\(\)\].* \? /, 'return true ? ']),
  ],
  [
    'nobody looks at how long a reader took',
    'shared',
    'a slow reader',
    () => shared([' && now() - seen.startedAt < slackMs', ''], ['readAt: seen.startedAt', 'readAt: now()']),
  ],
  [
    'who finds a load under way takes its answer',
    'shared',
    'messages',
    () => shared([' && flight.number > number) return', ') return'], ['await flight.landed;', 'return flight.answer;']),
  ],
  ['a fence goes before the entries', 'shared', 'time', () => shared(['maxSharedTtlMs + slackMs', '1000'])],
  [
    'a fence lives only as long as its writer uses entries',
    'shared',
    'a ttl that is longer than the other',
    () => shared(['maxSharedTtlMs + slackMs', 'ttlMs + slackMs']),
  ],
  [
    'a message is given up while another process may still remember',
    'layered',
    'a message that is late',
    () => layered(['now() + maxSharedTtlMs', 'now() + 60_000']),
  ],
  [
    'a store that has lost everything is trusted',
    'shared',
    'restarts',
    () => shared([/if \(fences\.get\('all'\) === null\).*;/, '']),
  ],
  [
    "the owner's fences are read of a store that was restarted",
    'shared',
    'a restart within a look-up',
    () =>
      shared(
        ["readFences(['all', ...missing])", 'readFences([...missing])'],
        [/return later\.get\('all'\) === .* \? /, 'return true ? '],
      ),
  ],
  [
    'a fence that could not be written is let go',
    'shared',
    'outages',
    () => shared([/(?<=async forget\(scope\) \{[^]*catch \{\s*)distrust\(\);/, '']),
  ],
  [
    'an entry is judged by when the look-up began',
    'shared',
    'a slow look-up',
    () => shared(['now() < usableUntil', 'seen.startedAt < usableUntil']),
  ],
  [
    'a store counts as recovered although a fence failed meanwhile',
    'shared',
    'a fence that fails during a recovery',
    () => shared([/if \(failures !== failuresBefore\) return;/, '']),
  ],
  ['the others do not hear that a store was made good', 'layered', 'outages', () => shared(['tellRecovered?.();', ''])],
  ['memory is asked while the bus is cut off', 'layered', 'messages', () => layered(['bus.isConnected() ?', 'true ?'])],
  ['doubt is not minded', 'layered', 'messages', () => layered(["() => memory.drop('all')", '() => {}'])],
  ['messages are not heard', 'layered', 'messages', () => layered([/memory\.drop\(message as Scope\);/, ''])],
  ['a message that was not sent is let go', 'layered', 'messages', () => layered([/unsent\.set\(scope, .*;/, ''])],
  [
    'the change is told before the fence is written',
    'layered',
    'anything',
    () =>
      layered(
        ['await shared.forget(scope);', 'await announce(scope); await shared.forget(scope);'],
        [/(?<=memory\.drop\(scope\);\s*)await announce.*;/, ''],
      ),
  ],
  [
    'a load that is under way fills the memory after the change',
    'layered',
    'anything',
    () => memory(['flight.isOutdated = true;', '']),
  ],
];

test.each(mutants)('the proof of the fence notices where %s', async (_name, kind, topic, load) => {
  const broken = { ...modules, ...(await load()) };
  const found = await fc.check(fenceHolds(kind, topic, broken), { seed, numRuns: 5000, endOnFailure: true });
  expect(String(found.errorInstance)).toMatch(/^Error: stale: /);
});
