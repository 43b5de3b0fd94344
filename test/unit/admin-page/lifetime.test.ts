import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lifetimeFromText, lifetimeInWords, lifetimeToText } from '../../../admin-page/text/lifetime.ts';
import { describeUserAgent } from '../../../admin-page/tokens/user-agent.ts';
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

test.for<[userAgent: string | null, words: string]>([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0', 'Edge on Windows'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1', 'Safari on iPhone'],
  ['curl/8.5.0', 'curl/8.5.0'],
  ['node', 'node'],
  [null, ''],
])('the user agent %s is "%s"', ([userAgent, words]) => {
  expect(describeUserAgent(userAgent)).toBe(words);
});
