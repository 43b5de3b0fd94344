import { expect, test } from 'vitest';
import { parseTokenTtl, printTokenTtl } from '../../../src/cli/token-ttl.ts';
import { DurinUsageError } from '../../../src/index.ts';

const day = 86_400;

test.for([
  ['14d', 14 * day],
  ['12H', 12 * 3600],
  [' 15m ', 900],
  ['90', 90],
  ['14 00:00:00', 14 * day],
  ['14 00:00', 14 * day],
  ['14 30', 14 * day + 30],
  ['14 days, 1:02:03', 14 * day + 3723],
  ['1 day, 0:00:00', day],
  ['36:00:00', 36 * 3600],
  ['15:30', 930],
  ['00:00:30.000000', 30],
  ['P14D', 14 * day],
  ['p2w', 14 * day],
  ['PT12H', 12 * 3600],
  ['P1DT2H3M4S', day + 7384],
  ['PT36H', 36 * 3600],
  ['never', null],
  ['Never', null],
] as const)('"%s" is a valid lifetime', ([typed, seconds]) => {
  expect(parseTokenTtl(typed, '--ttl')).toBe(seconds);
});

test.for(
  [
    '',
    ' ',
    'invalid',
    '0',
    '0d',
    '00:00',
    '-1',
    '-1 00:00:00',
    '1.5d',
    '00:00:00.5',
    '14 days',
    '1:2:3:4',
    'P',
    'PT',
  ].concat(['P1M', 'P1Y', 'P1.5D', '14d 12h', '1e3', '0x10', '25000d', '99999999999', 'null', '١٤d']),
)('"%s" is not a lifetime', (typed) => {
  const sentence = /^--ttl must be a duration such as/;
  expect(() => parseTokenTtl(typed, '--ttl')).toThrow(DurinUsageError);
  expect(() => parseTokenTtl(typed, '--ttl')).toThrow(sentence);
});

test.for([
  [14 * day, '14d'],
  [36 * 3600, '36h'],
  [5400, '90m'],
  [61, '61s'],
  [null, 'never'],
] as const)('%s seconds are printed as %s, which can be parsed', ([seconds, text]) => {
  expect(printTokenTtl(seconds)).toBe(text);
  expect(parseTokenTtl(text, '--ttl')).toBe(seconds);
});
