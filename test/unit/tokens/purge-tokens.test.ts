import { expect, test } from 'vitest';
import { createPurgeTokens } from '../../../src/tokens/purge-tokens.ts';

function createPurge(deleteBefore: () => Promise<number>, emitAll: () => Promise<void>) {
  const purge = createPurgeTokens({
    store: { deleteExpired: async () => [] },
    usageStore: { deleteBefore },
    notices: { emitAll },
    events: { emit() {} },
    now: () => 0,
  });
  return async () => {
    for await (const _ of purge());
  };
}

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
