import { expect, test, vi } from 'vitest';
import { onUnknownOutcome, translateErrors } from '../../../../src/database/failures.ts';
import type { NativeClient, NativePool } from '../../../../src/database/prepared/native-pool.ts';
import { queryWithTimeout } from '../../../../src/database/prepared/query-with-timeout.ts';
import { failure, fakePool } from './fake-pool.ts';

const query = { text: 'delete from token', values: [] };
const unavailable = { durin: { code: 'STORE_UNAVAILABLE' } };

/** Whether the outcome of a write with this timeout counts as unknown. */
async function isUnknownAfter(write: Promise<unknown>): Promise<boolean> {
  const callback = vi.fn<() => Promise<void>>().mockResolvedValue();
  await expect(onUnknownOutcome(write, callback)).rejects.toMatchObject(unavailable);
  return callback.mock.calls.length > 0;
}

test('a connection that never answers is closed, and the outcome is unknown', async () => {
  const release = vi.fn<NativeClient['release']>();
  const pool: NativePool = { connect: async () => ({ query: () => new Promise(() => undefined), release }) };
  expect(await isUnknownAfter(queryWithTimeout(pool, query, 5))).toBe(true);
  expect(release.mock.calls).toEqual([[expect.objectContaining(unavailable)]]);
});

test('a statement that gets its connection too late is not sent', async () => {
  const { pool: other, sent, released } = fakePool();
  const connection = Promise.withResolvers<NativeClient>();
  const pool: NativePool = { connect: () => connection.promise };
  expect(await isUnknownAfter(queryWithTimeout(pool, query, 5))).toBe(false);
  connection.resolve(await other.connect());
  await vi.waitFor(() => expect(released).toEqual([undefined]));
  expect(sent).toEqual([]);
});

test.each(['40001', '40P01', '23503', '22P02', '57014', 'P0001'])(
  'the connection of a statement that failed with %s is kept',
  async (state) => {
    const { pool, released } = fakePool(failure(state));
    await expect(translateErrors(queryWithTimeout(pool, query, 1000))).rejects.toHaveProperty('cause');
    expect(released).toEqual([undefined]);
  },
);

test.each([
  ...['0A000', '42P05', '26000', '57P01', '08006', 'EPIPE', 'ECONNRESET'].map(failure),
  new Error('Connection terminated unexpectedly'),
])('the connection is closed after: $code $message', async (failed) => {
  const { pool, released } = fakePool(failed);
  await expect(queryWithTimeout(pool, query, 1000)).rejects.toBe(failed);
  expect(released).toEqual([failed]);
});
