import { expect, test } from 'vitest';
import { createInvalidation, type Invalidation } from '../../../src/cache/invalidation.ts';

/** An invalidation inside a transaction, and the scopes that the cache was asked to invalidate. */
function open() {
  const scopes: string[] = [];
  const announced: string[] = [];
  const waiting: (() => Promise<void>)[] = [];
  const invalidation = createInvalidation({
    cache: {
      async invalidate(scope) {
        scopes.push(scope);
        return null;
      },
    },
    peers: { hasOthers: () => true, announce: (scope) => void announced.push(scope) },
    afterCommit: async (work) => void waiting.push(work),
  });
  const commit = () => Promise.all(waiting.map((work) => work()));
  return { scopes, announced, waiting, invalidation, commit };
}

const changes: readonly (readonly [string, (invalidation: Invalidation) => Promise<void>, string[]])[] = [
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

test.each(changes)('%s makes its entries stale once committed', async (_change, announce, expected) => {
  const { scopes, announced, invalidation, commit } = open();
  await announce(invalidation);
  expect([scopes, announced]).toEqual([[], []]);
  await commit();
  expect(scopes).toEqual(expected);
  expect(announced).toEqual(expected);
});

test('if no token ended, nothing waits for the commit', async () => {
  const { waiting, invalidation } = open();
  await invalidation.tokensEnded([]);
  expect(waiting).toEqual([]);
});

const mustNotRun = () => Promise.reject(new Error('must not be called'));

test('without a cache in this process, nothing waits for the commit', async () => {
  const peers = { hasOthers: () => false, announce: () => {} };
  const { everythingChanged } = createInvalidation({ cache: null, peers, afterCommit: mustNotRun });
  await expect(everythingChanged()).resolves.toBeUndefined();
});

test('without a cache of its own, it announces to those that have one', async () => {
  const announced: unknown[] = [];
  const peers = { hasOthers: () => true, announce: (...change: unknown[]) => void announced.push(change) };
  const { tokenChanged } = createInvalidation({ cache: null, peers, afterCommit: (work) => work() });
  await tokenChanged('a');
  expect(announced).toEqual([['token:a', null]]);
});
