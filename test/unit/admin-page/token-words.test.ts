import { expect, test } from 'vitest';
import { kindOf, rollStateOf, scopesInWords } from '../../../admin-page/tokens/token-words.ts';

test('the scopes of a token are in words', () => {
  expect(scopesInWords(null)).toBe('all');
  expect(scopesInWords([])).toBe('none');
  expect(scopesInWords(['read', 'write'])).toBe('read, write');
});

test('the tokens of a client with keys are API keys', () => {
  expect(kindOf({ client: 'api' }, ['api'])).toBe('API key');
  expect(kindOf({ client: 'web' }, ['api'])).toBe('token');
});

test('both keys of a roll are marked until the new one is used', () => {
  const key = { replaces: null, replacedBy: null, hasExpired: false };
  expect(rollStateOf(key)).toBeNull();
  expect(rollStateOf({ ...key, replacedBy: 'new' })).toBe('being replaced');
  expect(rollStateOf({ ...key, replaces: 'old' })).toBe('not used yet');
  expect(rollStateOf({ ...key, replaces: 'old', replacedBy: 'newer' })).toBe('being replaced');
  expect(rollStateOf({ ...key, replacedBy: 'new', hasExpired: true })).toBeNull();
});
