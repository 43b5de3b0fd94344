import { expect, test } from 'vitest';
import { foldUserKey } from '../../../src/values/fold-user-key.ts';

test.each([
  ['0B8F7A52-2F0C-4A39-8D6F-6A2D1E1F9A55', '{0b8f7a522f0c4a398d6f6a2d1e1f9a55}'],
  ['alice', 'alice     '],
  [7, '007'],
  [7n, '7'],
  [0, '0'],
])('%o and %o are one key', (one, other) => {
  expect(foldUserKey(one)).toBe(foldUserKey(other));
});

test.each([
  [7, 70],
  [0, ''],
  ['alice', 'bob'],
])('%o and %o are two', (one, other) => {
  expect(foldUserKey(one)).not.toBe(foldUserKey(other));
});
