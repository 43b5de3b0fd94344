import { expect, test } from 'vitest';
import { isRate, parseRate, ratePattern } from '../../../src/values/rate.ts';

test.each([
  ['2/m', { limit: 2, windowSeconds: 60 }],
  ['5/s', { limit: 5, windowSeconds: 1 }],
  ['1000/h', { limit: 1000, windowSeconds: 3600 }],
  ['999999999/d', { limit: 999_999_999, windowSeconds: 86_400 }],
])('%s is a valid rate', (rate, quota) => {
  expect(isRate(rate)).toBe(true);
  expect(parseRate(rate, 'rate')).toEqual(quota);
});

test.each([
  '',
  'blahblah',
  '2/minute',
  '10/min',
  '-5/m',
  '0/m',
  '1.5/m',
  '05/m',
  '5/',
  '/m',
  '5/M',
  ' 5/m',
  '5/m ',
  '5 / m',
  '1e3/m',
  '1000000000/m',
  5,
  null,
  undefined,
  {},
])('%j is refused with a message that names the subject', (rate) => {
  expect(isRate(rate)).toBe(false);
  expect(() => parseRate(rate, 'throttleRate')).toThrow(
    "throttleRate must be a rate such as '5/s', '100/m', '1000/h' or '10000/d'",
  );
});

test('the pattern is the one that the database checks', () => {
  expect(ratePattern).toBe('^[1-9][0-9]{0,8}/[smhd]$');
});
