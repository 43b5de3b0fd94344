import { expect, test } from 'vitest';
import { isolatedCopy } from '../../../src/values/isolated-copy.ts';

test('dates and bytes are copied, with all that contains them', () => {
  const shared = { name: 'alice', born: new Date(0), files: [{ bytes: Buffer.from('abc') }] };
  const copy = isolatedCopy(shared);
  copy.born.setTime(1);
  copy.files[0]?.bytes.fill(0);
  expect(shared).toEqual({ name: 'alice', born: new Date(0), files: [{ bytes: Buffer.from('abc') }] });
  expect(Object.isFrozen(copy)).toBe(true);
  expect(Object.isFrozen(copy.files)).toBe(true);
});

test('values without dates and bytes are returned as they are', () => {
  class Money {
    readonly since = new Date(0);
  }
  for (const value of [null, undefined, 5, 'text', {}, { a: [1, { b: null }] }, new Money()]) {
    expect(isolatedCopy(value)).toBe(value);
  }
});
