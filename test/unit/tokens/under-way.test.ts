import { expect, test } from 'vitest';
import { createUnderWay } from '../../../src/tokens/under-way.ts';

test('an end overtakes the operations of its user that began before it', () => {
  const underWay = createUnderWay();
  const before = underWay.begin();
  underWay.overtake(1);
  const after = underWay.begin();
  expect(before.isOvertakenFor(1, 'web')).toBe(true);
  expect(before.isOvertakenFor(2, 'web')).toBe(false);
  expect(after.isOvertakenFor(1, 'web')).toBe(false);
});

test('an end that spares a client overtakes the operations of the others', () => {
  const underWay = createUnderWay();
  const operation = underWay.begin();
  underWay.overtake('A-1', ['api']);
  expect(operation.isOvertakenFor('a-1', 'web')).toBe(true);
  expect(operation.isOvertakenFor('a-1', 'api')).toBe(false);
  underWay.overtake('A-1');
  underWay.overtake('A-1', ['api']);
  expect(operation.isOvertakenFor('a-1', 'api')).toBe(true);
});

test('an end stays known until the operations before it are finished', () => {
  const underWay = createUnderWay();
  const [first, second] = [underWay.begin(), underWay.begin()];
  underWay.overtake(1);
  const third = underWay.begin();
  underWay.overtake(2);
  first.finish();
  expect(second.isOvertakenFor(1, 'web')).toBe(true);
  second.finish();
  expect(third.isOvertakenFor(1, 'web')).toBe(false);
  expect(third.isOvertakenFor(2, 'web')).toBe(true);
  third.finish();
});
