import { inspect, isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isolatedCopy } from '../../../src/values/isolated-copy.ts';
import { createIsolatedViews } from '../../../src/values/isolated-views.ts';

const user = {
  id: 1,
  born: new Date('1990-05-06T07:08:09.123Z'),
  name: 'alice',
  files: [{ bytes: Buffer.from('abc') }],
};

test('a view is read, copied, cloned, sent and logged as what it shows', () => {
  const view = createIsolatedViews()(user);
  expect(view).toStrictEqual(user);
  expect({ ...view }).toStrictEqual(user);
  expect(structuredClone(view)).toEqual(structuredClone(user));
  expect(JSON.stringify(view)).toBe(JSON.stringify(user));
  expect(Object.keys(view)).toEqual(Object.keys(user));
  expect(inspect(view)).toBe(inspect(user));
});

test('nothing that is done to a view reaches what it shows, or another view', () => {
  const viewOf = createIsolatedViews();
  const view = viewOf(user);
  const before = structuredClone(user);
  expect(() => Object.assign(view, { id: 2 })).toThrow(TypeError);
  expect(() => Object.assign(view, { born: null })).toThrow(TypeError);
  view.born.setTime(0);
  view.files[0]?.bytes.fill(0);
  expect(structuredClone(user)).toEqual(before);
  expect(viewOf(user)).toStrictEqual(user);
});

test('an object has one view, and without dates and bytes it is its own', () => {
  const viewOf = createIsolatedViews();
  expect(viewOf(user)).toBe(viewOf(user));
  const plain = Object.freeze({ id: 1, tags: Object.freeze(['a']) });
  expect(viewOf(plain)).toBe(plain);
});

test('a view has the getters that are not enumerable', () => {
  const shared = { name: 'alice', born: new Date(0) } as { name: string; born: Date; initial: string };
  Object.defineProperty(shared, 'initial', { get: () => 'a' });
  const view = createIsolatedViews()(Object.freeze(shared));
  expect(view.initial).toBe('a');
  expect(Object.keys(view)).toEqual(['name', 'born']);
});

test('a view is what a copy is', () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.date(), fc.array(fc.date()), fc.uint8Array());
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]+$/), value), (object) => {
      const shared = { ...object };
      const view = createIsolatedViews()(shared);
      // Compares prototypes: what an object stores as `constructor` says nothing about its kind.
      expect(isDeepStrictEqual(view, isolatedCopy(shared))).toBe(true);
    }),
  );
});
