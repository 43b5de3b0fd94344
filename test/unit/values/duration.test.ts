import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isDuration, parseDuration } from '../../../src/values/duration.ts';
import { writeDuration } from '../../../src/values/units.ts';

describe('parseDuration', () => {
  test.each([
    ['60s', 60],
    ['15m', 900],
    ['12h', 43_200],
    ['14d', 1_209_600],
    [1, 1],
    [2_147_483_647, 2_147_483_647],
  ])('reads %j as %i seconds', (duration, seconds) => {
    expect(isDuration(duration)).toBe(true);
    expect(parseDuration(duration, 'ttl')).toBe(seconds);
  });

  test.each([
    0,
    -1,
    1.5,
    Number.NaN,
    Infinity,
    2_147_483_648,
    '',
    '0s',
    '-1s',
    '1.5h',
    '1w',
    '1',
    's',
    '1 d',
    '1D',
    '25000d',
    '99999999999s',
    null,
    undefined,
    {},
    ['1d'],
    true,
  ])('refuses %j and names the subject', (duration) => {
    expect(isDuration(duration)).toBe(false);
    expect(() => parseDuration(duration, 'defaultTokenTtl')).toThrow(/^defaultTokenTtl must be a duration such as/);
  });

  test('accepts whole numbers of every unit and returns whole seconds', () => {
    const units = { s: 1, m: 60, h: 3600, d: 86_400 };
    const property = fc.property(
      fc.constantFrom('s', 'm', 'h', 'd'),
      fc.integer({ min: 1, max: 24_000 }),
      (unit, amount) => {
        expect(parseDuration(`${amount}${unit}`, 'ttl')).toBe(amount * units[unit]);
      },
    );
    fc.assert(property);
  });
});

describe('writeDuration', () => {
  test.each([
    [31_536_000, '365d'],
    [129_600, '36h'],
    [90, '90s'],
    [5400, '90m'],
  ])('writes %i seconds as %s', (seconds, duration) => {
    expect(writeDuration(seconds)).toBe(duration);
    expect(parseDuration(duration, 'ttl')).toBe(seconds);
  });
});
