import { expect, test } from 'vitest';
import { DurinUsageError } from '../../../src/errors.ts';
import { reasonOf } from '../../../src/health/reason-of.ts';

const withCode = (message: string, code: string) => Object.assign(new Error(message), { code });

test.for<[what: string, error: unknown, reason: string]>([
  ['what was thrown and is no error', 'away', 'unknown'],
  ['a message', new Error('away'), 'away'],
  ['the innermost cause', new Error('outer', { cause: new Error('inner') }), 'inner'],
  ['advice rather than its cause', new DurinUsageError('run it', { cause: new Error('inner') }), 'run it'],
  ['the code of an error without a message', withCode('', 'ECONNREFUSED'), 'ECONNREFUSED'],
  ['the name of an error without both', new AggregateError([]), 'AggregateError'],
  ['the first line', new Error('one\ntwo'), 'one'],
  ['at most 200 characters', new Error('x'.repeat(500)), 'x'.repeat(200)],
  [
    'what a cluster answers, with a hint',
    new Error('MOVED 3999 127.0.0.1:6381'),
    'MOVED 3999 127.0.0.1:6381 (this Redis is part of a cluster: pass a client of the cluster)',
  ],
])('it is %s', ([, error, reason]) => {
  expect(reasonOf(error)).toBe(reason);
});

test.for([
  'cannot connect to redis://:hunter2@localhost:6379/0',
  'cannot connect to postgresql://app:hunter2@db/app?sslmode=require',
  'cannot connect to redis://app:a/hunter2@b@localhost',
  'invalid option password=hunter2',
  'bad DSN "host=db PWD=hunter2 user=app"',
  "ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'default' 'hunter2'",
])('it has no password: %s', (message) => {
  const reason = reasonOf(new Error(message));
  expect(reason).not.toContain('hunter2');
  expect(reason.slice(0, 6)).toBe(message.slice(0, 6));
});
