import { expect, test } from 'vitest';
import { createSlotWatch, isTryAgain } from '../../../src/redis/slot-watch.ts';
import { createClock } from '../../support/clock.ts';

function open() {
  const clock = createClock();
  const addresses = new Map([
    [1, 'one:6379'],
    [2, 'two:6379'],
  ]);
  let changes = 0;
  const watch = createSlotWatch({
    addressOf: (slot) => addresses.get(slot),
    onChange() {
      changes += 1;
    },
    now: clock,
  });
  return { clock, addresses, watch, changes: () => changes };
}

test('a slot that stays where it was named changes nothing', () => {
  const { watch, changes } = open();
  watch.called(1);
  expect(watch.name(1)).toBe(false);
  watch.called(1);
  expect(changes()).toBe(0);
});

test('each call finds a slot that has moved, until it is named again', () => {
  const { watch, addresses, changes } = open();
  watch.name(1);
  watch.name(2);
  addresses.set(1, 'two:6379');
  watch.called(2);
  expect(changes()).toBe(0);
  watch.called(1);
  watch.called(1);
  expect(changes()).toBe(2);
  watch.name(1);
  watch.called(1);
  expect(changes()).toBe(2);
});

test('a split slot counts as moving for two seconds, and changes once', () => {
  const { watch, clock, changes } = open();
  watch.name(1);
  watch.isSplit(1);
  clock.advance(1.5);
  watch.isSplit(1);
  expect(changes()).toBe(1);
  clock.advance(1.999);
  expect([watch.name(1), watch.name(2)]).toEqual([true, false]);
  clock.advance(0.001);
  expect(watch.name(1)).toBe(false);
  watch.isSplit(1);
  expect(changes()).toBe(2);
});

test('a slot that has arrived is not moving any more', () => {
  const { watch, addresses } = open();
  watch.name(1);
  watch.isSplit(1);
  addresses.set(1, 'two:6379');
  watch.called(1);
  expect(watch.name(1)).toBe(false);
});

test('only the answer TRYAGAIN means a split slot', () => {
  expect(isTryAgain(new Error('TRYAGAIN Multiple keys request during rehashing of slot'))).toBe(true);
  expect(isTryAgain(new Error('CLUSTERDOWN The cluster is down'))).toBe(false);
  expect(isTryAgain('TRYAGAIN')).toBe(false);
});
