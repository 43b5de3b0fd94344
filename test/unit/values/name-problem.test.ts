import { expect, test } from 'vitest';
import { nameProblem } from '../../../src/values/name-problem.ts';

test.for([
  ['a name', 'Kitchen tablet', null],
  ['a name in another script', 'هاتفي', null],
  ['an emoji of several code points', '👩‍💻 laptop', null],
  ['64 astral characters', '𝔸'.repeat(64), null],
  ['65 characters', 'x'.repeat(65), 'At most 64 characters.'],
  ['white space', ' \t', 'This field may not be blank.'],
  ['characters that nobody sees', '\u200B\u00AD\u3164', 'This field may not be blank.'],
  ['no text', 1, 'This field may not be blank.'],
  ['a control character', 'a\u0007b', 'No control characters.'],
  ['half of a surrogate pair', 'a\uD800', 'This field must be Unicode text.'],
  ['text that is turned around', 'a\u202Eb', 'No characters that change the direction of text.'],
] as const)('%s', ([, name, problem]) => {
  expect(nameProblem(name, 64)).toBe(problem);
});
