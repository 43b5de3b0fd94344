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

test('a getter that is not enumerable is copied as a getter', () => {
  const shared = { name: 'alice', born: new Date(0) } as { name: string; born: Date; initial: string };
  Object.defineProperty(shared, 'initial', {
    get(this: { name: string }) {
      return this.name.charAt(0);
    },
  });
  expect(isolatedCopy(Object.freeze(shared)).initial).toBe('a');
  expect(Object.keys(isolatedCopy(shared))).toEqual(['name', 'born']);
});
