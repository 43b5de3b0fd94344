import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lifetimeFromText, lifetimeInWords, lifetimeToText } from '../../../admin-page/text/lifetime.ts';
import { parseDuration } from '../../../src/values/duration.ts';

test.for<[seconds: number | null, words: string, text: string]>([
  [null, 'never expires', 'never'],
  [1_209_600, '14 days', '14d'],
  [86_400, '1 day', '1d'],
  [5400, '1 hour 30 minutes', '90m'],
  [90_061, '1 day 1 hour 1 minute 1 second', '90061s'],
  [45, '45 seconds', '45s'],
])('a lifetime of %s seconds is "%s" and edited as %s', ([seconds, words, text]) => {
  expect(lifetimeInWords(seconds)).toBe(words);
  expect(lifetimeToText(seconds)).toBe(text);
});

test('a lifetime that is not edited is sent unchanged', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_147_483_647 }), (seconds) => {
      expect(parseDuration(lifetimeFromText(lifetimeToText(seconds)), 'it')).toBe(seconds);
    }),
  );
  expect(lifetimeFromText(lifetimeToText(null))).toBeNull();
});

test('a typed lifetime is sent for the server to validate', () => {
  expect(['', '  ', null, undefined].map(lifetimeFromText)).toEqual([undefined, undefined, undefined, undefined]);
  expect(lifetimeFromText(' Never ')).toBeNull();
  expect(lifetimeFromText('3600')).toBe(3600);
  expect(lifetimeFromText('14 D')).toBe('14d');
  expect(lifetimeFromText('a while')).toBe('awhile');
});
