import { expect, test } from 'vitest';
import { parseAuthorization } from '../../../src/request/authorization.ts';

test.each(['Token abc', 'token abc', 'TOKEN abc', '  Token abc  ', 'Token    abc', 'Token\tabc'])(
  '%j contains the token abc',
  (header) => {
    expect(parseAuthorization(header, 'Token')).toEqual({ kind: 'token', token: 'abc' });
  },
);

test.each([null, undefined, '', '   ', 'Bearer abc', 'Baerer abc', 'Basic dXNlcjpwdw==', 'Tokenabc', 'abc'])(
  '%j contains no credentials',
  (header) => {
    expect(parseAuthorization(header, 'Token')).toEqual({ kind: 'none' });
  },
);

test.each(['Token', 'Token ', 'Token x typo', 'Token a, Token b'])('%j is malformed', (header) => {
  expect(parseAuthorization(header, 'Token')).toEqual({ kind: 'malformed' });
});

test('a header longer than any token is malformed', () => {
  expect(parseAuthorization(`Token ${'a'.repeat(1_000_000)}`, 'Token')).toEqual({ kind: 'malformed' });
  expect(parseAuthorization('a '.repeat(1_000_000), 'Token')).toEqual({ kind: 'none' });
});

test('the scheme can be chosen', () => {
  expect(parseAuthorization('Bearer abc', 'Bearer')).toEqual({ kind: 'token', token: 'abc' });
});
