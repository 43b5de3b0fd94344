import { expect, test } from 'vitest';
import { fromNow } from '../../../admin-page/text/from-now.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

test.for<[string, milliseconds: number]>([
  ['just now', 0],
  ['just now', 29_000],
  ['just now', -29_000],
  ['1 minute ago', -31_000],
  ['in 1 hour', hour - 1000],
  ['in 8 hours', 8 * hour - 5000],
  ['in 59 minutes', hour - minute],
  ['in 1 day', 2 * day - hour],
  ['1 day ago', -day],
  ['in 14 days', 14 * day - 100],
  ['in 1 year', 365 * day - 2000],
  ['2 months ago', -61 * day],
])('"%s" is the relative time of %d ms from now', ([words, milliseconds]) => {
  const now = Date.UTC(2026, 10, 23);
  expect(fromNow(new Date(now + milliseconds), now)).toBe(words);
});
