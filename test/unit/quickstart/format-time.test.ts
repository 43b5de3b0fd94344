import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatDateTime,
  formatExpiry,
  formatTimeAgo,
} from '../../../examples/quickstart/web/src/controls/format-time.ts';
import { durationInWords } from '../../../src/values/duration-in-words.ts';

const now = Date.UTC(2026, 10, 23, 12, 30, 45);
const ago = (milliseconds: number) => formatTimeAgo(new Date(now - milliseconds).toISOString(), now);

test('the quickstart rounds times as the server does', () => {
  fc.assert(
    fc.property(fc.integer({ min: 60_000, max: 400 * 86_400_000 }), (milliseconds) => {
      expect(ago(milliseconds)).toBe(`${durationInWords(milliseconds)} ago`);
    }),
  );
});

test('less than a minute ago, or in the future, is just now', () => {
  expect([ago(0), ago(54_000), ago(-3_600_000)]).toEqual(['just now', 'just now', 'just now']);
});

test('a date has no seconds', () => {
  expect(formatDateTime(new Date(now).toISOString())).toMatch(/^Nov 23, 2026, \d+:30\s[AP]M$/);
});

test.for<[words: string, expiresIn: string, hasExpired: boolean]>([
  ['in 14 days', '14 days', false],
  ['never', 'never', false],
  ['expired', '0 seconds', true],
])('"%s" describes a key that expires in %s', ([words, expiresIn, hasExpired]) => {
  expect(formatExpiry(expiresIn, hasExpired)).toBe(words);
});
