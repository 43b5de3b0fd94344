import { expect, test } from 'vitest';
import { createPrepare } from '../../../../src/database/prepared/prepare.ts';
import { failure, fakePool, logger } from './fake-pool.ts';

test('a statement has a name that is derived from its text', async () => {
  const prepare = createPrepare(logger());
  const { pool, send, sent } = fakePool();
  const one = prepare('select 1 from "shop"."auth_token"', send);
  await one(pool, []);
  await one(pool, []);
  await prepare('select 1 from "durin_auth_token"', send)(pool, []);
  const names = sent.map(({ name }) => name);
  expect(names).toEqual([
    expect.stringMatching(/^durin_[0-9a-f]{16}$/),
    names[0],
    expect.not.stringContaining(names[0] ?? ''),
  ]);
});

test('an outdated statement runs again without a name, the next one with it', async () => {
  const { pool, send, sent } = fakePool(failure('0A000'));
  const run = createPrepare(logger())('select $1', send);
  expect(await run(pool, [1])).toEqual([{ one: 1 }]);
  await run(pool, [2]);
  expect(sent.map(({ name, values }) => [name !== undefined, values])).toEqual([
    [true, [1]],
    [false, [1]],
    [true, [2]],
  ]);
});

test.each(['42P05', '26000'])('after %s, every statement runs without a name', async (state) => {
  const { pool, send, sent } = fakePool(failure(state));
  const prepare = createPrepare(logger());
  const run = prepare('select $1', send);
  expect(await run(pool, [1])).toEqual([{ one: 1 }]);
  await run(pool, [2]);
  await prepare('select 3', send)(pool, []);
  expect(sent.map(({ name }) => name !== undefined)).toEqual([true, false, false, false]);
});

test('any other failure is one of the database', async () => {
  const { pool, send, sent } = fakePool(failure('23505'));
  const run = createPrepare(logger())('select $1', send);
  await expect(run(pool, [1])).rejects.toMatchObject({
    durin: { code: 'STORE_UNAVAILABLE' },
    cause: { code: '23505' },
  });
  expect(sent).toHaveLength(1);
});

test('the ORM logs a prepared statement with its parameters', async () => {
  const log = logger({ isEnabled: true });
  const { pool, send } = fakePool();
  await createPrepare(log)('select $1', send)(pool, ['value']);
  expect(log.queries).toEqual([expect.objectContaining({ query: 'select $1', params: ['value'], results: 1 })]);
});
