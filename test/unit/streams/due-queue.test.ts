import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Due, DueQueue } from '../../../src/streams/due-queue.ts';

interface Item extends Due {
  dueAt: number;
}

const item = (dueAt: number): Item => ({ dueAt, place: null });

/** Takes all items, the one that is due first before the others. */
function drain(queue: DueQueue<Item>): number[] {
  const dueAt: number[] = [];
  for (let { first } = queue; first !== undefined; first = queue.first) {
    dueAt.push(first.dueAt);
    queue.delete(first);
  }
  return dueAt;
}

test('an item that is moved or removed is due when it says', () => {
  const queue = new DueQueue<Item>();
  const items = [5, 3, 9, 1].map(item);
  for (const one of items) queue.set(one);
  const [five, three, nine, one] = items as [Item, Item, Item, Item];
  expect(queue.first).toBe(one);
  one.dueAt = 7;
  queue.set(one);
  expect(queue.first).toBe(three);
  queue.delete(three);
  queue.delete(three);
  nine.dueAt = 2;
  queue.set(nine);
  expect(drain(queue)).toEqual([2, 5, 7]);
  expect(five.place).toBeNull();
});

test('whatever is added, moved and removed, the first is due first', () => {
  const step = fc.record({ index: fc.nat(19), dueAt: fc.nat(50), isRemoved: fc.boolean() });
  const property = fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
    const queue = new DueQueue<Item>();
    const items = Array.from({ length: 20 }, () => item(0));
    for (const { index, dueAt, isRemoved } of steps) {
      const chosen = items[index] ?? item(0);
      if (isRemoved) {
        queue.delete(chosen);
        continue;
      }
      chosen.dueAt = dueAt;
      queue.set(chosen);
    }
    const queued = items.filter(({ place }) => place !== null).map(({ dueAt }) => dueAt);
    expect(drain(queue)).toEqual(queued.toSorted((a, b) => a - b));
  });
  fc.assert(property);
  expect.hasAssertions();
});
