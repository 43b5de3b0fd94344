import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationInWords } from '../../../src/values/duration-in-words.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

test.for<[words: string, milliseconds: number]>([
  ['400 days', 400 * day],
  ['365 days', 365 * day - 2 * second],
  ['14 days', 14 * day],
  ['14 days', 14 * day - 1],
  ['14 days', 14 * day - minute + 1],
  ['13 days', 14 * day - minute],
  ['1 day', day],
  ['1 day', 2 * day - hour],
  ['23 hours', 23.9 * hour],
  ['1 hour', hour - 59 * second],
  ['59 minutes', hour - minute],
  ['15 minutes', 15 * minute - 2 * second],
  ['1 minute', 90 * second],
  ['1 minute', minute - 4 * second],
  ['55 seconds', 55 * second],
  ['1 second', second],
  ['1 second', 1],
  ['0 seconds', 0],
  ['0 seconds', -5 * second],
])('"%s" is %d ms in words', ([words, milliseconds]) => {
  expect(durationInWords(milliseconds)).toBe(words);
});

test('a lifetime in whole units still reads as itself right after it began', () => {
  const units = { day, hour, minute };
  const slack = { day: minute, hour: minute, minute: 5 * second };
  const count = { day: 10_000, hour: 23, minute: 59 };
  const property = fc.property(
    fc.constantFrom('day', 'hour', 'minute'),
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    fc.double({ min: 0, max: 0.999, noNaN: true }),
    (unit, chosen, elapsed) => {
      const amount = 1 + Math.floor(chosen * count[unit]);
      const left = amount * units[unit] - elapsed * slack[unit];
      expect(durationInWords(left)).toBe(`${amount} ${unit}${amount === 1 ? '' : 's'}`);
    },
  );
  fc.assert(property);
});
