import { expect, test } from 'vitest';
import { fromNow } from '../../../admin-page/text/from-now.ts';
import { viewExpiry } from '../../../src/values/expiry.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const now = Date.UTC(2026, 10, 23);

test.for<[string, milliseconds: number]>([
  ['just now', 0],
  ['just now', -54_000],
  ['1 minute ago', -minute],
  ['in 30 seconds', 30_000],
  ['in 1 hour', hour - 1000],
  ['in 8 hours', 8 * hour - 5000],
  ['in 59 minutes', hour - minute],
  ['in 1 day', 2 * day - hour],
  ['1 day ago', -day],
  ['in 14 days', 14 * day - 100],
  ['in 365 days', 365 * day - 2000],
  ['61 days ago', -61 * day],
])('"%s" is the relative time of %d ms from now', ([words, milliseconds]) => {
  expect(fromNow(new Date(now + milliseconds), now)).toBe(words);
});

test('the page and the API say the same of one token', () => {
  for (const milliseconds of [3000, 90_000, hour - 1, 14 * day - 1, 14 * day - hour, 365 * day - 30_000]) {
    const expiry = new Date(now + milliseconds);
    expect(fromNow(expiry, now)).toBe(`in ${viewExpiry(expiry, now).expiresIn}`);
  }
});
