import { expect, test } from 'vitest';
import { toApiAccessView } from '../../../src/router/api-access.ts';
import { toSessionView } from '../../../src/router/session-view.ts';

const at = Date.parse('2026-11-23T12:00:00Z');

const row = {
  id: 'a',
  selector: 'b'.repeat(32),
  clientName: 'web',
  name: null,
  createdAt: new Date(at - 29 * 86_400_000),
  expiresAt: new Date(at + 3_600_000),
  lastUsedAt: null,
  ipAddress: '127.0.0.1',
  userAgent: null,
};

test('a view shows the time left, not the lifetime', () => {
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
  expect(toApiAccessView(row, at + 5000)).toMatchObject({ expiresIn: '1 hour' }); // issued for an hour, a moment ago
  expect(toApiAccessView(row, at + 7_200_000)).toMatchObject({ hasExpired: true, expiresIn: '0 seconds' });
});

test('a session view contains no token, selector or user', () => {
  const fields = [
    'id',
    'client',
    'name',
    'device',
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
