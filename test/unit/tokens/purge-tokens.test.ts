import { expect, test } from 'vitest';
import { createPurgeTokens } from '../../../src/tokens/purge-tokens.ts';

function createPurge(deleteBefore: () => Promise<number>, emitAll: () => Promise<void>) {
  const purge = createPurgeTokens({
    store: { findExpired: async () => [], deleteExpired: async () => [] },
    usageStore: { deleteBefore },
    notices: { emitAll },
    events: { emit() {} },
    now: () => 0,
  });
  return async () => {
    for await (const _ of purge());
  };
}

/** Purges a store that always finds as many expired tokens as it may. It deletes those of a search only if they are free. */
async function purgeStore(isFree: (search: number) => boolean) {
  let searches = 0;
  const batches: number[] = [];
  const purge = createPurgeTokens({
    store: {
      async findExpired(limit) {
        searches += 1;
        return Array.from({ length: limit }, (_, index) => ({ id: String(index) }));
      },
      async deleteExpired(found) {
        if (!isFree(searches)) return [];
        return found.map(({ id }) => ({ id, selector: id, userId: 1, clientName: 'web' }));
      },
    },
    usageStore: null,
    notices: { async emitAll() {} },
    events: { emit() {} },
    now: () => 0,
  });
  for await (const count of purge(20_000)) batches.push(count);
  return { searches, batches };
}

test('tokens are found many at a time, and deleted in batches', async () => {
  const { searches, batches } = await purgeStore((search) => search === 1);
  expect(batches.slice(0, 3)).toEqual([20_000, 20_000, 10_000]);
  expect(searches).toBe(2);
});

test('a purge ends if others have locked all tokens that it finds', async () => {
  expect(await purgeStore(() => false)).toEqual({ searches: 1, batches: [0, 0, 0] });
});

test('keys are announced even if the counts of calls cannot be purged', async () => {
  let announced = 0;
  const noRight = new Error('permission denied for table durin_usage');
  const purge = createPurge(
    () => Promise.reject(noRight),
    async () => {
      announced += 1;
    },
  );
  await expect(purge()).rejects.toBe(noRight);
  expect(announced).toBe(1);
});

test('counts of calls are purged even if no key can be announced', async () => {
  let purged = 0;
  const noRight = new Error('permission denied for table durin_auth_token');
  const purge = createPurge(
    async () => {
      purged += 1;
      return 0;
    },
    () => Promise.reject(noRight),
  );
  await expect(purge()).rejects.toBe(noRight);
  expect(purged).toBe(1);
});
