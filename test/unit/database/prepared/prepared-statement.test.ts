import { expect, test, vi } from 'vitest';
import { createPrepare, type PrepareDeps } from '../../../../src/database/prepared/prepare.ts';
import {
  createPreparedStatement,
  type PreparedStatementDeps,
} from '../../../../src/database/prepared/prepared-statement.ts';
import { DurinError } from '../../../../src/errors.ts';
import { failure, fakePool, prepareDeps } from './fake-pool.ts';

const sql = 'select ?::text, ?::int';

function prepareOn(fake: ReturnType<typeof fakePool> | null, options: { inTransaction?: boolean } = {}) {
  const run = vi.fn<PreparedStatementDeps['run']>(async () => [{ through: 'the ORM' }]);
  const onQuery = vi.fn<PrepareDeps['onQuery']>((text) => text);
  const statement = createPreparedStatement(
    {
      getNativePool: async () => fake && fake.pool,
      prepare: createPrepare(prepareDeps({ onQuery })),
      run,
      isInTransaction: () => options.inTransaction ?? false,
    },
    sql,
  );
  return { run, statement, onQuery };
}

test('a statement runs on the pool with numbered parameters', async () => {
  const fake = fakePool();
  const { run, statement } = prepareOn(fake);
  expect(await statement(['a?', 2])).toEqual([{ one: 1 }]);
  expect(fake.sent).toEqual([expect.objectContaining({ text: 'select $1::text, $2::int', values: ['a?', 2] })]);
  expect(fake.released).toEqual([undefined]);
  expect(run).not.toHaveBeenCalled();
});

test.each([
  ['without a pool', null, {}],
  ["in the app's transaction", fakePool(), { inTransaction: true }],
])('a statement %s runs through the ORM', async (_, fake, options) => {
  const { run, statement, onQuery } = prepareOn(fake, options);
  expect(await statement(['a', 2])).toEqual([{ through: 'the ORM' }]);
  expect(onQuery).not.toHaveBeenCalled(); // the ORM calls it
  expect(run).toHaveBeenCalledWith(sql, ['a', 2]);
  expect(fake?.sent ?? []).toEqual([]);
});

test.each(['40P01', '40001'])('a statement aborted with %s runs again through the ORM', async (state) => {
  const { run, statement } = prepareOn(fakePool(failure(state)));
  expect(await statement(['a', 2])).toEqual([{ through: 'the ORM' }]);
  expect(run).toHaveBeenCalledTimes(1);
});

test('any other failure is thrown', async () => {
  const { run, statement } = prepareOn(fakePool(failure('23503')));
  await expect(statement(['a', 2])).rejects.toThrow(DurinError);
  expect(run).not.toHaveBeenCalled();
});
