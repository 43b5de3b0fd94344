import { MikroORM, type Options } from '@mikro-orm/postgresql';
import { expect, test } from 'vitest';
import { createNativePools } from '../../../../src/database/prepared/native-pool.ts';
import { entities } from '../../../support/entities.ts';

const pool = { query: () => {}, connect: () => {}, totalCount: 2, idleCount: 0, waitingCount: 1 };
const timeout = new Error('no answer within 5 ms');

function poolsWith(options: Partial<Options>, native: unknown = pool) {
  const orm = new MikroORM({ dbName: 'unused', entities, ...options });
  return createNativePools(orm, async () => native);
}

test('statements are prepared on the pool of pg', async () => {
  expect(await poolsWith({}).get()).toBe(pool);
});

test('PGlite prepares nothing', async () => {
  const { get, explainTimeout } = poolsWith({}, { query: () => {} });
  expect(await get()).toBeNull();
  expect(explainTimeout(timeout)).toBe(timeout);
});

test.each<Partial<Options>>([
  { sessionContext: 'connection' },
  { onCreateConnection: async () => {} },
  { onReserveConnection: async () => {} },
])('connections that the app prepares are used through the ORM: %o', async (options) => {
  const { get, explainTimeout } = poolsWith(options);
  expect(await get()).toBeNull();
  expect(explainTimeout(timeout).message).toBe(
    'no answer within 5 ms: all 2 connections of the pool are busy or being opened, and 1 call waits',
  );
});

test('connections that the app prepares may come from a Kysely of its own', async () => {
  const orm = new MikroORM({ dbName: 'unused', entities, sessionContext: 'connection' });
  const { get, explainTimeout } = createNativePools(orm, async () => Promise.reject(new Error('not available')));
  expect(await get()).toBeNull();
  expect(explainTimeout(timeout)).toBe(timeout);
});

test('a timeout is not explained before the pool is known', () => {
  expect(poolsWith({}).explainTimeout(timeout)).toBe(timeout);
});
