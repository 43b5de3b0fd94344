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

/** Purges a store of 70,000 expired tokens, of which the first are locked. */
async function purgeStore(locked: number) {
  let searches = 0;
  const batches: number[] = [];
  const expired = new Set(Array.from({ length: 70_000 }, (_, index) => String(index)));
  const purge = createPurgeTokens({
    store: {
      async findExpired(limit, _now, except) {
        searches += 1;
        const skipped = new Set(except.map(({ id }) => id));
        return [...expired]
          .filter((id) => !skipped.has(id))
          .slice(0, limit)
          .map((id) => ({ id }));
      },
      async deleteExpired(found) {
        const free = found.filter(({ id }) => Number(id) >= locked);
        for (const { id } of free) expired.delete(id);
        return free.map(({ id }) => ({ id, selector: id, userId: 1, clientName: 'web' }));
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
  const { searches, batches } = await purgeStore(0);
  expect(batches).toEqual([20_000, 20_000, 10_000, 20_000]);
  expect(searches).toBe(2);
});

test('tokens that others have locked keep back no others', async () => {
  expect(await purgeStore(55_000)).toEqual({ searches: 2, batches: [0, 0, 0, 15_000] });
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
