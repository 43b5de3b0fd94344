import { expect, test } from 'vitest';
import { markOf } from '../../../src/cache/fence-store.ts';
import { createKnownChanges } from '../../../src/cache/trust/known-changes.ts';
import { createClock } from '../../support/clock.ts';

function open(maxChanges = 3) {
  const clock = createClock();
  const changes = createKnownChanges({ ttlMs: 60_000, now: clock, maxChanges });
  /** Whether an entry of a user is used, by what it carries and how many seconds ago its reader started. */
  const allows = (userId: number, fence: string | null, secondsAgo = 0) =>
    changes.allow({ readAt: clock() - secondsAgo * 1000, marks: ['e ', markOf('e', fence), 'e '] }, [
      'token:a',
      `user:${userId}`,
      'client:1',
    ]);
  return { clock, changes, allows };
}

test('an entry is used if it carries the fence that the change wrote', () => {
  const { changes, allows } = open();
  changes.add('user:1', 'new');
  expect([allows(1, 'new'), allows(1, 'old'), allows(1, null), allows(2, 'old')]).toEqual([true, false, false, true]);
});

test('after a refused fence, only an entry that is certainly younger is used', () => {
  const { clock, changes, allows } = open();
  changes.add('user:1', null);
  expect(allows(1, null)).toBe(false);
  clock.advance(9);
  expect(allows(1, null)).toBe(false);
  clock.advance(1);
  expect([allows(1, null), allows(1, null, 1)]).toEqual([true, false]);
});

test('a change is forgotten when no older entry is used any more', () => {
  const { clock, changes, allows } = open();
  changes.add('user:1', 'new');
  clock.advance(71);
  changes.add('user:2', 'new');
  expect(allows(1, 'old', 65)).toBe(true);
});

test('beyond the bound, every older entry counts as changed', () => {
  const { changes, allows } = open(3);
  for (const id of [1, 2, 3]) changes.add(`user:${id}`, 'new');
  expect([allows(1, 'old'), allows(9, 'old')]).toEqual([false, true]);
  changes.add('user:4', 'new');
  expect([allows(1, 'old'), allows(9, 'old')]).toEqual([false, false]);
});

test('a new fence of all makes up for what was known before, and for no more', () => {
  const { changes, allows } = open();
  changes.add('user:1', null);
  const forget = changes.snapshot();
  changes.add('user:2', null);
  forget();
  expect([allows(1, null), allows(2, null)]).toEqual([true, false]);
});
