import { LRUCache } from 'lru-cache';
import { expect, test } from 'vitest';
import { atMost } from '../../../src/values/at-most.ts';

test('no more entries are kept, and what was used last', () => {
  const cache = new LRUCache<number, string>(atMost(3));
  for (const key of [1, 2, 3]) cache.set(key, 'old');
  cache.get(1);
  cache.set(2, 'new');
  cache.set(4, 'new');
  expect([...cache.entries()]).toEqual([
    [4, 'new'],
    [2, 'new'],
    [1, 'old'],
  ]);
});

test('entries that were deleted make room', () => {
  const cache = new LRUCache<number, string>(atMost(2));
  for (let key = 0; key < 100; key += 1) {
    cache.set(key, 'value');
    cache.delete(key);
  }
  for (const key of [100, 101]) cache.set(key, 'value');
  expect([...cache.keys()]).toEqual([101, 100]);
});
