import { expect, test } from 'vitest';
import { repeatWhileFull } from '../../../src/async/repeat-while-full.ts';

/** Takes batches of ten from so many. */
function createWork(left: number) {
  const batches: number[] = [];
  async function work(): Promise<number> {
    const count = Math.min(10, left - batches.reduce((sum, taken) => sum + taken, 0));
    batches.push(count);
    return count;
  }
  return { batches, work };
}

test.each([
  [0, [0]],
  [9, [9]],
  [10, [10, 0]],
  [25, [10, 10, 5]],
])('of %i, the batches of ten are %j', async (all, expected) => {
  const { batches, work } = createWork(all);
  expect(await repeatWhileFull(10, work)).toBe(all);
  expect(batches).toEqual(expected);
});

test('a batch that fails is the last one', async () => {
  let batches = 0;
  const work = async () => {
    batches += 1;
    if (batches === 2) throw new Error('an outage');
    return 10;
  };
  await expect(repeatWhileFull(10, work)).rejects.toThrow('an outage');
  expect(batches).toBe(2);
});
