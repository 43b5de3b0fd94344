import { expect, test } from 'vitest';
import { batch } from '../../../src/async/batch.ts';

/** A loader that knows the numbers below ten, and records what it is asked for. */
function numbers() {
  const asked: (readonly number[])[] = [];
  async function load(keys: readonly number[]) {
    asked.push(keys);
    return new Map(keys.filter((key) => key < 10).map((key) => [key, `number ${key}`]));
  }
  return { asked, load };
}

test('keys that are asked for together are loaded together', async () => {
  const { asked, load } = numbers();
  const find = batch(load, 100);
  expect(await Promise.all([find(1), find(2), find(99)])).toEqual(['number 1', 'number 2', null]);
  expect(asked).toEqual([[1, 2, 99]]);
});

test('a key that is asked for a thousand times is loaded once', async () => {
  const { asked, load } = numbers();
  const find = batch(load, 100);
  await Promise.all(Array.from({ length: 1000 }, () => find(1)));
  expect(asked).toEqual([[1]]);
});

test('a result is not kept: the next call loads again', async () => {
  const { asked, load } = numbers();
  const find = batch(load, 100);
  await find(1);
  await find(1);
  expect(asked).toEqual([[1], [1]]);
});

test('no load receives more keys than the maximum', async () => {
  const { asked, load } = numbers();
  const find = batch(load, 3);
  expect(await Promise.all([1, 2, 3, 4, 5, 6, 7].map(find))).toHaveLength(7);
  expect(asked).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
});

test('a load that fails rejects only its own callers', async () => {
  let failing = true;
  const find = batch(async (keys: readonly number[]) => {
    if (failing) throw new Error('out of order');
    return new Map(keys.map((key) => [key, key]));
  }, 100);
  const answers = await Promise.allSettled([find(1), find(2)]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  failing = false;
  expect(await find(1)).toBe(1);
});
