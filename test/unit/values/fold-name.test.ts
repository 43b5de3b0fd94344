import { expect, test } from 'vitest';
import { foldName } from '../../../src/values/fold-name.ts';

test.each([
  'alice',
  'ALICE',
  ' Alice ',
  'alice\u200b',
  '\uff41lice',
  'al\u00adice',
  'ali\u0000ce',
  '\u2060alice\ufeff',
])('%j is alice', (name) => expect(foldName(name)).toBe('alice'));

test.each([
  ['stra\u00dfe', 'STRASSE'],
  ['Build  server', 'build server'],
  ['\u03a3\u03a3', '\u03c3\u03c2'],
])('%s and %s are one', (one, other) => expect(foldName(one)).toBe(foldName(other)));

test('letters that only look alike are two', () => {
  expect(foldName('\u0430lice')).not.toBe('alice');
});
