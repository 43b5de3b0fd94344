import { expect, test } from 'vitest';
import { createDatabaseChanges } from '../../../../src/cache/bus/database-changes.ts';
import type { RowChange } from '../../../../src/database/notify/notifying-tables.ts';

function scopesOf(change: RowChange | null, userIdOf: (key: string) => unknown = (key) => key) {
  const tables = { read: () => change, announce: () => false };
  return createDatabaseChanges({ tables, userIdOf }).read('a message');
}

test.each<[RowChange['role'], readonly string[] | null, readonly string[]]>([
  ['token', ['a', 'b'], ['token:a', 'token:b']],
  ['client', ['7'], ['client:7']],
  ['user', ['A-1'], ['user:a1']],
  ['related', ['1'], ['all']],
  ['token', null, ['all']],
  ['user', null, ['all']],
])('changed rows of a %s with keys %j make stale %j', (role, keys, scopes) => {
  expect(scopesOf({ role, keys })).toEqual(scopes);
});

test('a key of the app’s own type is converted', () => {
  expect(scopesOf({ role: 'user', keys: ['5'] }, (key) => `usr_${key}`)).toEqual(['user:usr_5']);
});

const failing = () => {
  throw new Error('not a key');
};

test('if the type of the key fails, every session may be meant', () => {
  expect(scopesOf({ role: 'user', keys: ['5'] }, failing)).toEqual(['all']);
});

test('other messages are ignored', () => {
  expect(scopesOf(null)).toBeNull();
});

test('triggers announce tokens, users and clients, and nothing else', () => {
  const tables = { read: () => null, announce: () => true };
  const { announce } = createDatabaseChanges({ tables, userIdOf: String });
  expect((['token:a', 'user:1', 'client:1', 'all'] as const).map(announce)).toEqual([true, true, true, false]);
});
