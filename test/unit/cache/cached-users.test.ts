import { expect, test } from 'vitest';
import { createCachedUsers } from '../../../src/cache/cached-users.ts';
import { userScope } from '../../../src/cache/session-cache.ts';

const anna = userScope(1);
const bert = userScope(2);

test('sessions of one user share an object', () => {
  const users = createCachedUsers();
  expect(users.enter(anna)).toBe(users.enter(anna));
  expect(users.enter(bert)).not.toBe(users.enter(anna));
});

test('a change marks those that are there, and none that come later', () => {
  const users = createCachedUsers();
  const before = users.enter(anna);
  const other = users.enter(bert);
  users.change(anna);
  const after = users.enter(anna);
  expect([before.hasChanged, other.hasChanged, after.hasChanged]).toEqual([true, false, false]);
});

test('a user without a session left is forgotten', () => {
  const users = createCachedUsers();
  const sessions = [users.enter(anna), users.enter(anna), users.enter(bert)];
  expect(users.size).toBe(2);
  for (const user of sessions) users.leave(user);
  expect(users.size).toBe(0);
});

test('one that leaves after a change takes no later one with it', () => {
  const users = createCachedUsers();
  const before = users.enter(anna);
  users.change(anna);
  const after = users.enter(anna);
  users.leave(before);
  users.change(anna);
  expect(after.hasChanged).toBe(true);
});

test('a change of a user without sessions is nothing', () => {
  const users = createCachedUsers();
  users.change(anna);
  expect([users.size, users.enter(anna).hasChanged]).toEqual([0, false]);
});
