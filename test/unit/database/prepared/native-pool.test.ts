import { MikroORM, type Options } from '@mikro-orm/postgresql';
import { expect, test } from 'vitest';
import { createGetNativePool } from '../../../../src/database/prepared/native-pool.ts';
import { entities } from '../../../support/entities.ts';

const pool = { query: () => {}, connect: () => {}, totalCount: 0 };

async function poolWith(options: Partial<Options>, native: unknown = pool): Promise<unknown> {
  const orm = new MikroORM({ dbName: 'unused', entities, ...options });
  return createGetNativePool(orm, async () => native)();
}

test('statements are prepared on the pool of pg', async () => {
  expect(await poolWith({})).toBe(pool);
});

test('PGlite prepares nothing', async () => {
  expect(await poolWith({}, { query: () => {} })).toBeNull();
});

test.each<Partial<Options>>([
  { sessionContext: 'connection' },
  { onCreateConnection: async () => {} },
  { onReserveConnection: async () => {} },
])('connections that the app prepares are used through the ORM: %o', async (options) => {
  expect(await poolWith(options)).toBeNull();
});
