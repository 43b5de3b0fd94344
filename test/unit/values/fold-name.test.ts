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
  'AL\u0130CE',
  'al\u0131ce',
  'ali\u0307ce',
])('%j is alice', (name) => expect(foldName(name)).toBe('alice'));

test.each([
  ['stra\u00dfe', 'STRASSE'],
  ['stra\u00dfe', 'STRA\u1e9eE'],
  ['Build  server', 'build server'],
  ['\u03a3\u03a3', '\u03c3\u03c2'],
])('%s and %s are one', (one, other) => expect(foldName(one)).toBe(foldName(other)));

test('every letter and its upper and lower case are one', () => {
  const apart: string[] = [];
  for (let point = 1; point <= 0x10ffff; point += 1) {
    const letter = String.fromCodePoint(point);
    if (!/\p{Changes_When_Casemapped}/u.test(letter)) continue;
    const forms = [letter, letter.toLowerCase(), letter.toUpperCase(), letter.normalize('NFD'), foldName(letter)];
    if (new Set(forms.map(foldName)).size > 1) apart.push(point.toString(16));
  }
  expect(apart).toEqual([]);
});

test('letters that only look alike are two', () => {
  expect(foldName('\u0430lice')).not.toBe('alice');
});
