import { expect, test } from 'vitest';
import {
  type AuditEntry,
  actionChoices,
  actionInWords,
  actorInWords,
  detailsInWords,
} from '../../../admin-page/audit/audit-words.ts';
import { auditActions } from '../../../src/database/records/audit-actions.ts';

const entry: AuditEntry = { action: 'revoked', reason: 'logout', actor: 'user', actorUser: null, details: null };

test('every action has words', () => {
  expect(actionChoices.map(({ id }) => id)).toEqual([...auditActions]);
  expect(new Set(actionChoices.map(({ name }) => name)).size).toBe(auditActions.length);
});

test.each([
  [{ reason: 'logout' }, 'Revoked: logout'],
  [{ reason: 'revoked' }, 'Revoked'],
  [{ reason: 'of a later version' }, 'Revoked: of a later version'],
  [{ action: 'client-deleted', reason: null }, 'Client deleted'],
] as const)('%o is "%s"', (facts, words) => {
  expect(actionInWords({ ...entry, ...facts })).toBe(words);
});

test.each([
  [{ actor: 'user', actorUser: { label: 'alice' } }, 'alice'],
  [{ actor: 'admin', actorUser: { label: 'alice' } }, 'alice (admin)'],
  [{ actor: 'database' }, 'a statement in SQL'],
] as const)('%o is by "%s"', (facts, words) => {
  expect(actorInWords({ ...entry, ...facts })).toBe(words);
});

test('details are a line each, with old and new values', () => {
  const details = {
    name: 'laptop',
    scopes: ['read'],
    changes: { token_ttl: [60, null], at_limit: ['refuse', 'end-oldest'] },
  };
  expect(detailsInWords({ ...entry, details })).toEqual([
    'name: laptop',
    'scopes: ["read"]',
    'token_ttl: 60 to none',
    'at_limit: refuse to end-oldest',
  ]);
  expect(detailsInWords({ ...entry, details: { expiry: '2026-12-08T12:00:00+00:00' } })[0]).toMatch(
    /^expiry: Dec 8, 2026/,
  );
});
