import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type * as busModule from '../../../src/cache/bus/bus-cache.ts';
import type * as layeredModule from '../../../src/cache/layered-cache.ts';
import type * as memoryModule from '../../../src/cache/memory-cache.ts';
import type * as sharedModule from '../../../src/cache/shared-cache.ts';
import { fenceHolds, type Kind, type Modules, modules, type Topic } from '../../support/cache/fence-stories.ts';
import { loadMutant, type Mutation, type Mutations } from '../../support/cache/mutants.ts';

vi.mock(import('lru-cache'), async (importOriginal) => {
  const { withSmallCaches } = await import('../../support/cache/small-lru-cache.ts');
  return withSmallCaches(importOriginal);
});

const seed = 24; // chosen because it finds every fault early

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterAll(() => {
  vi.useRealTimers();
});

type Mutant = () => Promise<Partial<Modules>>;
const memory = (mutations: Mutations) => () => loadMutant<typeof memoryModule>('cache/memory-cache', mutations);
const shared = (mutations: Mutations) => () => loadMutant<typeof sharedModule>('cache/shared-cache', mutations);
const layered = (mutations: Mutations) => () => loadMutant<typeof layeredModule>('cache/layered-cache', mutations);
const overBus = (mutations: Mutations) => () => loadMutant<typeof busModule>('cache/bus/bus-cache', mutations);

const ignoresFences: Mutation = [/const isUnchanged = .*;/, 'const isUnchanged = true;'];
const bumpsNoFence: Mutation = ['return await fences.bumpFence(scope);', "return '';"];
/** Without the second line of defence, so that a fault of the first one shows. */
const remembersNoChange = { 'cache/trust/known-changes': [['changes.size === 0', 'true'] satisfies Mutation] };
const needsNoEpoch: Mutation = ['return bumpEpoch(bucket, randomValue(), serverOf);', "return found ?? '';"];
const voidsNothing: Mutation = ['await fences.deleteEpoch(scope).catch(circuit.open);', ''];

/** What is wrong, in which kind of cache, and in which stories it shows. */
const mutants: readonly (readonly [name: string, kind: Kind, topic: Topic, load: Mutant])[] = [
  [
    'a change deletes the entry but bumps no fence',
    'shared',
    'anything',
    shared({ 'cache/shared-cache': [bumpsNoFence] }),
  ],
  [
    'the fence is written, but no look-up compares it',
    'shared',
    'anything',
    shared({ 'cache/shared-look-up': [ignoresFences] }),
  ],
  [
    'the entry is deleted before the fence is written',
    'shared',
    'anything',
    shared({
      'cache/shared-look-up': [ignoresFences], // only a reader that writes an entry looks at the fences
      'cache/shared-cache': [
        bumpsNoFence,
        [/(?<=await store\.delete\(entries\.keyOf.*\);)/, 'await fences.bumpFence(scope).catch(circuit.open);'],
      ],
    }),
  ],
  [
    'an entry carries the marks of when it is written',
    'shared',
    'anything',
    shared({
      'cache/shared-cache': [
        ['await marksBeforeLoad(seen, owner)', '(await fences.read(scopesOf(selector, owner))).marks'],
      ],
    }),
  ],
  [
    'a fence that was not read counts as unchanged',
    'shared',
    'time',
    shared({ 'cache/shared-cache': [['return isUnchanged ?', 'return true ?']] }),
  ],
  [
    'a reader may take any amount of time',
    'shared',
    'a slow reader',
    shared({
      'cache/shared-cache': [
        [' && now() - seen.startedAt < slackMs', ''],
        ['readAt: seen.startedAt', 'readAt: now()'],
      ],
    }),
  ],
  [
    'a look-up shares the result of any load in flight',
    'shared',
    'messages',
    shared({
      'cache/shared-cache': [
        [' && inFlight.number > number) return', ') return'],
        ['await inFlight.settled;', 'return first;'],
      ],
    }),
  ],
  [
    'a fence expires before the entries',
    'shared',
    'time',
    shared({ 'cache/fence-store': [['maxSharedTtlMs + slackMs', '1000']] }),
  ],
  [
    'a fence lives only as long as its writer uses entries',
    'shared',
    'a ttl that is longer than the other',
    shared({
      'cache/shared-cache': [
        ['createFenceStore(store, namespace, monotonicNow)', 'createFenceStore(store, namespace, monotonicNow, ttlMs)'],
      ],
      'cache/fence-store': [
        ['now: () => number): FenceStore', 'now: () => number, ttlMs: number): FenceStore'],
        ['maxSharedTtlMs + slackMs', 'ttlMs + slackMs'],
      ],
    }),
  ],
  [
    'a message is dropped while others may still remember',
    'layered',
    'a message that is late',
    layered({ 'cache/bus/publisher': [['now() + maxSharedTtlMs', 'now() + 60_000']] }),
  ],
  [
    'a store that has lost everything is still used',
    'shared',
    'restarts',
    shared({ 'cache/fence-store': [needsNoEpoch] }),
  ],
  [
    'a shard that has lost everything is still used',
    'shared',
    'a shard that is lost or set back',
    shared({ 'cache/fence-store': [needsNoEpoch] }),
  ],
  [
    'only the epoch of the token counts',
    'shared',
    'a shard that is lost or set back',
    shared({
      'cache/shared-look-up': [
        [
          'seen.marks.get(scope) === marks[index]',
          "seen.marks.get(scope)?.split(' ').at(index && 1) === marks[index]?.split(' ').at(index && 1)",
        ],
      ],
    }),
  ],
  [
    'an epoch that is seen after the load counts as seen before',
    'shared',
    'a shard that is lost within a look-up',
    shared({
      'cache/shared-cache': [[/after\.get\(scope\) === markOf\(.*\)\);/, "after.get(scope)?.endsWith(' '));"]],
    }),
  ],
  [
    'a server that was set back is still used',
    'shared',
    'a shard that is set back between look-ups',
    shared({ 'cache/fence-store': [[/if \(found\?\.endsWith\(.*\)/, 'if (found !== undefined)']] }),
  ],
  [
    'a new connection leads to the same server',
    'shared',
    'a shard that is set back between look-ups',
    shared({ 'cache/fence-store': [['store.onTopologyChange?.(servers.forget);', '']] }),
  ],
  [
    'a fence that could not be written is forgotten',
    'shared',
    'outages',
    shared({
      'cache/shared-cache': [voidsNothing, [/(?<=bumpFence\(scope\);\s*\} catch \(error\) \{\s*)circuit.*;/, '']],
    }),
  ],
  [
    'an entry is judged by when the look-up started',
    'shared',
    'a slow look-up',
    shared({ 'cache/shared-look-up': [['now() < usableUntil', 'seen.startedAt < usableUntil']] }),
  ],
  [
    'the circuit closes although a fence failed meanwhile',
    'shared',
    'a fence that fails during a recovery',
    shared({
      ...remembersNoChange,
      'cache/shared-cache': [voidsNothing],
      'async/circuit-breaker': [[/if \(failures !== failuresBefore\) return false;/, '']],
    }),
  ],
  [
    'other processes are not told about a recovery',
    'layered',
    'outages',
    shared({ 'cache/shared-cache': [['notifyRecovered?.(recoveredWith)', '{}']] }),
  ],
  [
    'memory is read while the bus is disconnected',
    'layered',
    'messages',
    layered({ 'cache/bus/bus-memory': [['bus.isConnected() ?', 'true ?']] }),
  ],
  [
    'a possible loss of messages is ignored',
    'layered',
    'messages',
    layered({ 'cache/bus/bus-memory': [["() => memory.evict('all')", '() => {}']] }),
  ],
  [
    'messages are ignored',
    'layered',
    'messages',
    layered({ 'cache/layered-cache': [[/(?<=shared\.receive\(scope, fence\);\s*)memory\.evict\(scope\);/, '']] }),
  ],
  [
    'a message that could not be sent is dropped',
    'layered',
    'messages',
    layered({ 'cache/bus/publisher': [[/unsent\.set\(waiting.*;/, '']] }),
  ],
  [
    'the change is published before the fence is written',
    'layered',
    'a look-up while a change is announced',
    layered({
      'cache/layered-cache': [
        [
          'const fence = await shared.invalidate(scope);',
          "await publisher.publish(scope, 'x'); const fence = await shared.invalidate(scope);",
        ],
        [/(?<=memory\.evict\(scope\);\s*)await publisher.*;/, ''],
      ],
    }),
  ],
  [
    'a load in flight fills the memory after the change',
    'layered',
    'anything',
    memory({ 'cache/memory-cache': [['if (!isClosed && !isOutdated()) ', '']] }),
  ],
  [
    'without a store, a session is used although its user has changed',
    'bus',
    'messages',
    memory({ 'cache/memory-cache': [['!user.hasChanged && ', '']] }),
  ],
  [
    'without a store, a session is used although its client has changed',
    'bus',
    'messages',
    memory({ 'cache/memory-cache': [['number > changedAt && ', '']] }),
  ],
  [
    'without a store, memory is read while the bus is disconnected',
    'bus',
    'messages',
    overBus({ 'cache/bus/bus-memory': [['bus.isConnected() ?', 'true ?']] }),
  ],
  [
    'without a store, a possible loss of messages is ignored',
    'bus',
    'messages',
    overBus({ 'cache/bus/bus-memory': [["() => memory.evict('all')", '() => {}']] }),
  ],
  [
    'without a store, messages are ignored',
    'bus',
    'messages',
    overBus({
      'cache/bus/bus-cache': [
        ['memory.evict(...(readMessage(', 'void (readMessage('],
        ['?.scopes ?? []));', '?.scopes ?? []);'],
      ],
    }),
  ],
  [
    'without a store, a process does not forget what it changed itself',
    'bus',
    'anything',
    overBus({ 'cache/bus/bus-cache': [['memory.evict(scope);\n      if', 'if']] }),
  ],
  [
    'without a store, a message that could not be sent is dropped',
    'bus',
    'messages',
    overBus({ 'cache/bus/publisher': [[/unsent\.set\(waiting.*;/, '']] }),
  ],
  [
    'without a store, a load in flight fills the memory after the change',
    'bus',
    'anything',
    memory({ 'cache/memory-cache': [['if (!isClosed && !isOutdated()) ', '']] }),
  ],
];

test.each(mutants)(
  'the proof notices that %s',
  async (_name, kind, topic, load) => {
    const broken = { ...modules, ...(await load()) };
    const found = await fc.check(fenceHolds(kind, topic, broken), { seed, numRuns: 5000, endOnFailure: true });
    expect(String(found.errorInstance)).toMatch(/^Error: stale: /);
  },
  120_000,
);
