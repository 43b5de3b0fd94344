import { expect, test } from 'vitest';
import { explainByPool } from '../../../../src/database/prepared/busy-pool.ts';

const timeout = new Error('the database did not answer within 750 ms');

test.each([
  [1, 1, "the pool's only connection is busy or being opened, and 1 call waits"],
  [10, 3, 'all 10 connections of the pool are busy or being opened, and 3 calls wait'],
])('of %i connections, none is free: %i wait', (totalCount, waitingCount, explanation) => {
  const { message } = explainByPool(timeout, { totalCount, idleCount: 0, waitingCount });
  expect(message).toBe(`the database did not answer within 750 ms: ${explanation}`);
});

test.each([
  ['nothing waits', { totalCount: 10, idleCount: 0, waitingCount: 0 }],
  ['a connection is free', { totalCount: 10, idleCount: 1, waitingCount: 1 }],
  ['there is none yet', { totalCount: 0, idleCount: 0, waitingCount: 0 }],
])('if %s, the timeout stays as it is', (_, counts) => {
  expect(explainByPool(timeout, counts)).toBe(timeout);
});

test('an error that is no timeout has a reason of its own', () => {
  const lost = new Error('Connection terminated unexpectedly');
  expect(explainByPool(lost, { totalCount: 10, idleCount: 0, waitingCount: 5 })).toBe(lost);
});
