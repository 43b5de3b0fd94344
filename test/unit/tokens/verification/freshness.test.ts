import { expect, test } from 'vitest';
import type { SessionRecord } from '../../../../src/session.ts';
import type { FindSession } from '../../../../src/tokens/authenticate.ts';
import { createRequireFresh, isFresh } from '../../../../src/tokens/verification/freshness.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const secondsAgo = (seconds: number) => new Date(now - seconds * 1000);

test.each<[string, Date | null, boolean]>([
  ['just now', secondsAgo(0), true],
  ['exactly as long ago as allowed', secondsAgo(600), true],
  ['a millisecond longer ago', new Date(now - 600_001), false],
  ['in the future, by another clock', secondsAgo(-30), true],
  ['never', null, false],
])('a user who reauthenticated %s', (_, authenticatedAt, expected) => {
  expect(isFresh({ authenticatedAt }, 600, now)).toBe(expected);
});

function sessionOf(authenticatedAt: Date | null): SessionRecord {
  return { selector: 'a', authenticatedAt } as SessionRecord;
}

/** Requires a session from a cache to be fresh, with another one in the database. */
function requireFresh(cached: Date | null, stored: Date | null) {
  const looked: string[] = [];
  const findStored: FindSession = async (selector) => {
    looked.push(selector);
    return sessionOf(stored);
  };
  const require = createRequireFresh({
    codec: { tokenOf: (selector) => `token of ${selector}` },
    authenticate: async (_, find = async () => null) => (await find('a')) ?? sessionOf(null),
    findStored,
    now: () => now,
  });
  return { session: require(sessionOf(cached), 600), looked };
}

test('a fresh session costs no look-up', async () => {
  const { session, looked } = requireFresh(secondsAgo(60), null);
  expect((await session).authenticatedAt).toEqual(secondsAgo(60));
  expect(looked).toEqual([]);
});

test('an outdated session is looked up again', async () => {
  const { session, looked } = requireFresh(secondsAgo(3600), secondsAgo(5));
  expect((await session).authenticatedAt).toEqual(secondsAgo(5));
  expect(looked).toEqual(['a']);
});

test('a session that is old in the database as well is refused', async () => {
  const { session } = requireFresh(null, secondsAgo(601));
  await expect(session).rejects.toMatchObject({ durin: { code: 'REAUTHENTICATION_REQUIRED', maxAge: 600 } });
});
