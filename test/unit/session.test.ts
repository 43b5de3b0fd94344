import { expect, test } from 'vitest';
import { isExpired, toApiAccessView, toSessionView } from '../../src/session.ts';

const at = Date.parse('2026-11-23T12:00:00Z');

test('a token is expired from the very instant of its expiry on', () => {
  expect(isExpired(new Date(at), at - 1)).toBe(false);
  expect(isExpired(new Date(at), at)).toBe(true);
  expect(isExpired(new Date(at), at + 1)).toBe(true);
});

test('a token without expiry never expires', () => {
  expect(isExpired(null, Number.MAX_SAFE_INTEGER)).toBe(false);
});

const row = {
  id: 'a',
  selector: 'b'.repeat(32),
  clientName: 'web',
  createdAt: new Date(at - 29 * 86_400_000),
  expiresAt: new Date(at + 3_600_000),
  lastUsedAt: null,
  ipAddress: '127.0.0.1',
  userAgent: null,
};

test('a view tells the time that is left, not the lifetime', () => {
  expect(toApiAccessView(row, at)).toEqual({
    client: 'web',
    created: row.createdAt,
    expiry: row.expiresAt,
    hasExpired: false,
    expiresIn: '1 hour',
  });
  expect(toApiAccessView({ ...row, expiresAt: null }, at)).toMatchObject({
    expiry: null,
    hasExpired: false,
    expiresIn: 'never',
  });
  expect(toApiAccessView(row, at + 7_200_000)).toMatchObject({ hasExpired: true, expiresIn: '0 seconds' });
});

test("a session's view has no token, no selector and no user", () => {
  const fields = [
    'id',
    'client',
    'created',
    'expiry',
    'hasExpired',
    'expiresIn',
    'isCurrent',
    'lastUsedAt',
    'ipAddress',
    'userAgent',
  ];
  expect(Object.keys(toSessionView(row, 'a', at))).toEqual(fields);
  expect(toSessionView(row, 'a', at).isCurrent).toBe(true);
  expect(toSessionView(row, 'z', at).isCurrent).toBe(false);
});
