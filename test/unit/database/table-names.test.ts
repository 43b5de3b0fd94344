import { defineEntity, p } from '@mikro-orm/core';
import { expect, test } from 'vitest';
import { DurinUsageError, defineDurinEntities } from '../../../src/index.ts';

const User = defineEntity({ name: 'User', properties: { id: p.integer().primary() } });
const user = () => User;

test.each([
  [undefined, 'Durin', 'durin_'],
  ['staff_', 'Staff', 'staff_'],
  ['back_office_', 'BackOffice', 'back_office_'],
  ['x2', 'X2', 'x2'],
])('the prefix %s names entities %s and tables %s', (tablePrefix, entity, table) => {
  const { Client, AuthToken, TokenUse } = defineDurinEntities({ user, ...(tablePrefix && { tablePrefix }) });
  const named = [Client, AuthToken, TokenUse].map(({ meta }) => [meta.className, meta.tableName, meta.schema]);
  expect(named).toEqual([
    [`${entity}Client`, `${table}client`, undefined],
    [`${entity}AuthToken`, `${table}auth_token`, undefined],
    [`${entity}TokenUse`, `${table}token_use`, undefined],
  ]);
});

test('a schema is that of all three tables', () => {
  const { Client, AuthToken, TokenUse } = defineDurinEntities({ user, schema: 'office' });
  expect([Client, AuthToken, TokenUse].map(({ meta }) => meta.schema)).toEqual(['office', 'office', 'office']);
});

const wrong = ['', 'Staff_', '1st_', 'staff-', 'a b', 'a"; drop table x', 'é', null, 5];

test.each([...wrong, 'x'.repeat(25)])('tablePrefix cannot be %j', (tablePrefix) => {
  const sentence =
    'defineDurinEntities: tablePrefix must be lower-case letters, digits and _, at most 24, the first one a letter';
  const define = () => defineDurinEntities({ user, tablePrefix: tablePrefix as string });
  expect(define).toThrow(DurinUsageError);
  expect(define).toThrow(sentence);
});

test.each([...wrong, '*', 'x'.repeat(64)])('schema cannot be %j', (schema) => {
  const sentence =
    'defineDurinEntities: schema must be lower-case letters, digits and _, at most 63, the first one a letter';
  const define = () => defineDurinEntities({ user, schema: schema as string });
  expect(define).toThrow(DurinUsageError);
  expect(define).toThrow(sentence);
});
