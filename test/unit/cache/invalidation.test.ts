import { expect, test } from 'vitest';
import { createInvalidation, type Invalidation } from '../../../src/cache/invalidation.ts';

/** An invalidation inside a transaction, and the scopes that the cache was asked to invalidate. */
function open() {
  const scopes: string[] = [];
  const announced: string[] = [];
  const changed: string[] = [];
  const waiting: (() => Promise<void>)[] = [];
  const invalidation = createInvalidation({
    cache: {
      async invalidate(scope) {
        scopes.push(scope);
        return null;
      },
    },
    isCacheShared: false,
    peers: { announce: (scope) => void announced.push(scope) },
    changes: { changed: (...announcedScopes) => void changed.push(...announcedScopes) },
    afterCommit: async (work) => void waiting.push(work),
  });
  const commit = () => Promise.all(waiting.map((work) => work()));
  return { scopes, announced, changed, waiting, invalidation, commit };
}

const cases: readonly (readonly [string, (invalidation: Invalidation) => Promise<void>, string[]])[] = [
  ['a token that changed', ({ tokenChanged }) => tokenChanged('a'), ['token:a']],
  [
    'tokens that ended',
    ({ tokensEnded }) => tokensEnded([{ selector: 'a' }, { selector: 'b' }]),
    ['token:a', 'token:b'],
  ],
  ['a user, however its key is written', ({ userChanged }) => userChanged('ABC'), ['user:abc']],
  ['a client', ({ clientChanged }) => clientChanged(7), ['client:7']],
  ['anything else', ({ everythingChanged }) => everythingChanged(), ['all']],
];

test.each(cases)('%s makes its entries stale once committed', async (_change, announce, expected) => {
  const { scopes, announced, changed, invalidation, commit } = open();
  await announce(invalidation);
  expect([scopes, announced, changed]).toEqual([[], [], []]);
  await commit();
  expect(scopes).toEqual(expected);
  expect(announced).toEqual(expected);
  expect(changed).toEqual(expected);
});

test('if no token ended, nothing waits for the commit', async () => {
  const { waiting, invalidation } = open();
  await invalidation.tokensEnded([]);
  expect(waiting).toEqual([]);
});

test.each([
  ['before a cache drops it', false, ['changes', 'peers', 'cache']],
  ['also after a shared cache has dropped it', true, ['changes', 'peers', 'cache', 'changes', 'peers']],
])('a change is announced %s', async (_when, isCacheShared, expected) => {
  const order: string[] = [];
  const { tokenChanged } = createInvalidation({
    cache: {
      async invalidate() {
        order.push('cache');
        return null;
      },
    },
    isCacheShared,
    peers: { announce: () => void order.push('peers') },
    changes: { changed: () => void order.push('changes') },
    afterCommit: (work) => work(),
  });
  await tokenChanged('a');
  expect(order).toEqual(expected);
});

test('without a cache of its own, it announces to those that have one', async () => {
  const announced: unknown[] = [];
  const peers = { announce: (...change: unknown[]) => void announced.push(change) };
  const changes = { changed: (...scopes: string[]) => void announced.push(scopes) };
  const { tokenChanged } = createInvalidation({
    cache: null,
    isCacheShared: false,
    peers,
    changes,
    afterCommit: (work) => work(),
  });
  await tokenChanged('a');
  expect(announced).toEqual([['token:a'], ['token:a', null]]);
});
