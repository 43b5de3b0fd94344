import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createToAuth } from '../../../src/trpc/to-auth.ts';

const at = Date.parse('2026-11-23T12:00:00Z');

describe('the view of a session as ctx.auth', () => {
  const user = Object.freeze({ id: 1, born: new Date('1990-05-06T07:08:09.123Z') });
  const client = Object.freeze({ id: 2, name: 'web', tokenTtl: 3600, throttleRate: null });
  const [id, createdAt, expiresAt] = ['a', new Date(at - 29 * 86_400_000), new Date(at + 3_600_000)];
  const record = {
    id,
    selector: 'b'.repeat(32),
    userId: 1,
    userRow: { hash: '$argon2' },
    user,
    client,
    scopes: null,
    createdAt,
    replaces: null,
    authenticatedAt: null,
    expiresAt,
    expiresByIdling: false,
    isExtendedByUse: false,
    latestExpiry: null,
    lastUsedAt: null,
  };
  let now = at;
  const { signal: ended } = new AbortController();
  const toAuth = createToAuth(
    () => now,
    () => Object.freeze(['billing']),
    () => ended,
  );
  const shown = {
    id,
    user: { id: 1, born: new Date(user.born) },
    client: { ...client },
    scopes: ['billing'],
    created: new Date(createdAt),
    expiry: new Date(expiresAt),
    hasExpired: false,
    expiresIn: '1 hour',
  };

  test('is the same each time it is read, copied, cloned and sent', () => {
    const auth = toAuth(record);
    expect(auth).toStrictEqual(shown);
    expect(Object.keys(auth)).toEqual(Object.keys(shown));
    expect({ ...auth }).toStrictEqual(shown);
    expect(structuredClone(auth)).toStrictEqual(shown);
    expect(JSON.stringify(auth)).toBe(JSON.stringify(shown));
  });

  test('has a signal that is neither copied nor sent', () => {
    expect(toAuth(record).ended).toBe(ended);
  });

  test('is logged with its values, and with nothing else of the record', () => {
    expect(inspect(toAuth(record))).toBe(inspect(shown));
    expect(inspect(toAuth(record), { showHidden: true, getters: true })).not.toMatch(/argon2|selector/);
  });

  test('is shared by the requests of a record, and cannot be changed', () => {
    const auth = toAuth(record);
    expect(toAuth(record)).toBe(auth);
    expect(Object.isFrozen(auth)).toBe(true);
    expect(() => Object.assign(auth, { id: 'other' })).toThrow(TypeError);
    expect(() => Object.assign(auth, { expiry: null })).toThrow(TypeError);
    expect(() => Object.assign(auth.user, { id: 2 })).toThrow(TypeError);
    expect(() => Object.assign(auth.client, { name: 'cli' })).toThrow(TypeError);
    expect(() => Object.assign(auth.scopes, ['admin'])).toThrow(TypeError);
    for (const date of [auth.created, auth.expiry, (auth.user as typeof user).born]) date?.setFullYear(1);
    expect(auth).toStrictEqual(shown);
  });

  test('shows the time that is left when it is read', () => {
    const auth = toAuth(record);
    now = at + 3_600_000;
    expect(auth).toMatchObject({ hasExpired: true, expiresIn: '0 seconds' });
    now = at;
  });
});
