import { DefaultLogger, type LogContext, type Logger, type LoggerOptions } from '@mikro-orm/core';
import { MikroORM, type Options } from '@mikro-orm/postgresql';
import { expect, test } from 'vitest';
import { createLogQuery } from '../../../../src/database/prepared/log-query.ts';
import { entities } from '../../../support/entities.ts';

const ran = { sql: 'select ?::text', values: ['a'], took: 20, results: 1 };

/** Logs as an ORM with these options does. */
function logging(options: Partial<Options>) {
  const logged: LogContext[] = [];
  const slow: LogContext[] = [];
  const orm = new MikroORM({
    dbName: 'shop',
    entities,
    loggerFactory: (given) => recorder(logged, given),
    slowQueryLoggerFactory: (given) => recorder(slow, given),
    ...options,
  });
  return { logQuery: createLogQuery(orm), logged, slow };
}

function recorder(contexts: LogContext[], options: LoggerOptions): Logger {
  return Object.assign(DefaultLogger.create(options), { logQuery: (context: LogContext) => contexts.push(context) });
}

test('a statement is logged with its connection', () => {
  const { logQuery, logged, slow } = logging({ debug: ['query'], host: 'db.example.com' });
  logQuery(ran);
  const connection = { type: 'write', name: 'db.example.com' };
  expect(logged).toEqual([{ query: 'select ?::text', params: ['a'], took: 20, results: 1, level: 'info', connection }]);
  expect(slow).toEqual([]);
});

test('its values are part of it if the app wants to see them', () => {
  const { logQuery, logged } = logging({ debug: ['query', 'query-params'] });
  logQuery(ran);
  expect(logged).toEqual([expect.objectContaining({ query: "select 'a'::text" })]);
});

test('a failed statement is logged as an error', () => {
  const { logQuery, logged } = logging({ debug: ['query', 'query-params'] });
  logQuery({ ...ran, results: null });
  expect(logged).toEqual([expect.objectContaining({ level: 'error' })]);
  expect(logged[0]).not.toHaveProperty('results');
});

test.each([
  [1, 'warning'],
  [null, 'error'],
])('a slow statement with %s rows is logged as: %s', (results, level) => {
  const { logQuery, slow } = logging({ slowQueryThreshold: 20 });
  logQuery({ ...ran, took: 19 });
  logQuery({ ...ran, results });
  expect(slow).toEqual([expect.objectContaining({ namespace: 'slow-query', enabled: true, took: 20, level })]);
});
