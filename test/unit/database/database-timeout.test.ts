import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createDatabaseTimeout, withDatabaseTimeout } from '../../../src/database/database-timeout.ts';

const never = () => new Promise<never>(() => undefined);

test('work within the timeout returns its result', async () => {
  await expect(withDatabaseTimeout(1_000, () => 'done')).resolves.toBe('done');
  await expect(withDatabaseTimeout(1_000, async () => 'done')).resolves.toBe('done');
});

test('a failure within the timeout keeps its error', async () => {
  const failure = new Error('failed');
  await expect(withDatabaseTimeout(1_000, () => Promise.reject(failure))).rejects.toBe(failure);
  await expect(
    withDatabaseTimeout(1_000, () => {
      throw failure;
    }),
  ).rejects.toBe(failure);
});

test('late work fails with STORE_UNAVAILABLE and the timeout as cause', async () => {
  await expect(withDatabaseTimeout(5, never)).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    durin: { code: 'STORE_UNAVAILABLE' },
    cause: { message: 'the database did not answer within 5 ms' },
  });
});

test('outside a transaction the created function applies the timeout', async () => {
  const bounded = createDatabaseTimeout(5, () => false);
  await expect(bounded(() => 'done')).resolves.toBe('done');
  await expect(bounded(never)).rejects.toMatchObject({ durin: { code: 'STORE_UNAVAILABLE' } });
});

test("in the app's transaction the created function never times out", async () => {
  const bounded = createDatabaseTimeout(1, () => true);
  await expect(bounded(() => delay(20, 'done'))).resolves.toBe('done');
});

test('the transaction is checked at each call', async () => {
  let isInTransaction = true;
  const bounded = createDatabaseTimeout(5, () => isInTransaction);
  await expect(bounded(() => delay(30, 'done'))).resolves.toBe('done');
  isInTransaction = false;
  await expect(bounded(never)).rejects.toMatchObject({ durin: { code: 'STORE_UNAVAILABLE' } });
});
