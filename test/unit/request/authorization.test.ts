import { expect, test } from 'vitest';
import { parseApiKey, parseAuthorization } from '../../../src/request/authorization.ts';

test.each(['Token abc', 'token abc', 'TOKEN abc', '  Token abc  ', 'Token    abc', 'Token\tabc', 'Token\t abc \t'])(
  '%j contains the token abc',
  (header) => {
    expect(parseAuthorization(header, ['Token'])).toEqual({ kind: 'token', token: 'abc' });
  },
);

test.each([null, undefined, '', '   ', 'Bearer abc', 'Baerer abc', 'Basic dXNlcjpwdw==', 'Tokenabc', 'abc'])(
  '%j contains no credentials',
  (header) => {
    expect(parseAuthorization(header, ['Token'])).toEqual({ kind: 'none' });
  },
);

test.each(['Token', 'Token ', 'Token x typo', 'Token x\ttypo', 'Token a, Token b'])('%j is malformed', (header) => {
  expect(parseAuthorization(header, ['Token'])).toEqual({ kind: 'malformed' });
});

test('a header longer than any token is malformed', () => {
  expect(parseAuthorization(`Token ${'a'.repeat(1_000_000)}`, ['Token'])).toEqual({ kind: 'malformed' });
  expect(parseAuthorization('a '.repeat(1_000_000), ['Token'])).toEqual({ kind: 'none' });
});

test('each scheme of a list is read', () => {
  for (const header of ['Token abc', 'bearer abc'])
    expect(parseAuthorization(header, ['Token', 'Bearer'])).toEqual({ kind: 'token', token: 'abc' });
  expect(parseAuthorization('Bearer', ['Token', 'Bearer'])).toEqual({ kind: 'malformed' });
  expect(parseAuthorization('Basic dXNlcjpwdw==', ['Token', 'Bearer'])).toEqual({ kind: 'none' });
});

test('the scheme can be chosen', () => {
  expect(parseAuthorization('Bearer abc', ['Bearer'])).toEqual({ kind: 'token', token: 'abc' });
});

test.each(['abc', ' abc '])('the API key header %j contains the token abc', (header) => {
  expect(parseApiKey(header)).toEqual({ kind: 'token', token: 'abc' });
});

test.each(['', ' ', 'Token abc', 'abc, def', 'a'.repeat(1025)])('the API key header %j is malformed', (header) => {
  expect(parseApiKey(header)).toEqual({ kind: 'malformed' });
});

test('a missing API key header contains no credentials', () => {
  expect(parseApiKey(null)).toEqual({ kind: 'none' });
});
