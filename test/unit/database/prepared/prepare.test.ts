import { expect, test, vi } from 'vitest';
import type { LogQuery } from '../../../../src/database/prepared/log-query.ts';
import { createPrepare, type PrepareDeps } from '../../../../src/database/prepared/prepare.ts';
import { DurinError } from '../../../../src/errors.ts';
import { failure, fakePool, prepareDeps } from './fake-pool.ts';

test('a statement has a name that is derived from its text', async () => {
  const prepare = createPrepare(prepareDeps());
  const { pool, sent } = fakePool();
  const one = prepare('select 1 from "shop"."auth_token"');
  await one(pool, []);
  await one(pool, []);
  await prepare('select 1 from "durin_auth_token"')(pool, []);
  const names = sent.map(({ name }) => name);
  expect(names).toEqual([
    expect.stringMatching(/^durin_[0-9a-f]{16}$/),
    names[0],
    expect.not.stringContaining(names[0] ?? ''),
  ]);
});

test('an outdated statement runs again without a name, the next one with it', async () => {
  const { pool, sent } = fakePool(failure('0A000'));
  const run = createPrepare(prepareDeps())('select ?');
  expect(await run(pool, [1])).toEqual([{ one: 1 }]);
  await run(pool, [2]);
  expect(sent.map(({ name, text, values }) => [name !== undefined, text, values])).toEqual([
    [true, 'select $1', [1]],
    [false, 'select $1', [1]],
    [true, 'select $1', [2]],
  ]);
});

test.each(['42P05', '26000'])('after %s, every statement runs without a name', async (state) => {
  const { pool, sent } = fakePool(failure(state));
  const onWarning = vi.fn<PrepareDeps['onWarning']>();
  const prepare = createPrepare(prepareDeps({ onWarning }));
  const run = prepare('select ?');
  expect(await run(pool, [1])).toEqual([{ one: 1 }]);
  await run(pool, [2]);
  await prepare('select 3')(pool, []);
  expect(sent.map(({ name }) => name !== undefined)).toEqual([true, false, false, false]);
  expect(onWarning.mock.calls).toEqual([[expect.stringMatching(/PgBouncer.*preparedStatements: false/)]]);
});

test('two statements that fail for their names at once warn once', async () => {
  const { pool } = fakePool(failure('42P05'), failure('26000'));
  const onWarning = vi.fn<PrepareDeps['onWarning']>();
  const run = createPrepare(prepareDeps({ onWarning }))('select ?');
  await Promise.all([run(pool, [1]), run(pool, [2])]);
  expect(onWarning).toHaveBeenCalledOnce();
});

test('without names, no statement has one', async () => {
  const { pool, sent } = fakePool();
  const prepare = createPrepare(prepareDeps({ hasNames: false }));
  await prepare('select ?')(pool, [1]);
  expect(sent).toEqual([{ text: 'select $1', values: [1] }]);
});

test('any other failure is one of the database', async () => {
  const { pool, sent } = fakePool(failure('23505'));
  const run = createPrepare(prepareDeps())('select ?');
  await expect(run(pool, [1])).rejects.toMatchObject({
    durin: { code: 'STORE_UNAVAILABLE' },
    cause: { code: '23505' },
  });
  expect(sent).toHaveLength(1);
});

test('a statement that the app rewrites has no name', async () => {
  const { pool, sent } = fakePool();
  const onQuery = vi.fn<PrepareDeps['onQuery']>((sql) => `${sql} /* call 7 */`);
  const run = createPrepare(prepareDeps({ onQuery }))('select ?, ?');
  expect(await run(pool, ['a?', 2])).toEqual([{ one: 1 }]);
  expect(sent).toEqual([{ text: 'select $1, $2 /* call 7 */', values: ['a?', 2] }]);
  expect(onQuery.mock.calls).toEqual([['select ?, ?', ['a?', 2]]]);
});

test('a statement is logged, also if it fails', async () => {
  const logQuery = vi.fn<LogQuery>();
  const { pool } = fakePool(failure('23503'));
  const run = createPrepare(prepareDeps({ logQuery }))('select ?');
  await expect(run(pool, ['first'])).rejects.toThrow(DurinError);
  await run(pool, ['second']);
  const took = expect.any(Number);
  expect(logQuery.mock.calls).toEqual([
    [{ sql: 'select ?', values: ['first'], took, results: null }],
    [{ sql: 'select ?', values: ['second'], took, results: 1 }],
  ]);
});
