import { expect, test } from 'vitest';
import { isExpired } from '../../../src/values/expiry.ts';

const at = Date.parse('2026-11-23T12:00:00Z');

test('a token is expired from the instant of its expiry', () => {
  expect(isExpired(new Date(at), at - 1)).toBe(false);
  expect(isExpired(new Date(at), at)).toBe(true);
  expect(isExpired(new Date(at), at + 1)).toBe(true);
});

test('a token without an expiry never expires', () => {
  expect(isExpired(null, Number.MAX_SAFE_INTEGER)).toBe(false);
});
