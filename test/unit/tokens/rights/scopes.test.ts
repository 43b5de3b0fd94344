import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSessionScopes, effectiveScopes, type ScopedSession } from '../../../../src/tokens/rights/scopes.ts';
import type { ConfiguredClient } from '../../../../src/values/client-fields.ts';

const all = ['read', 'write', 'billing'];

function client(name: string, scopes: readonly string[] | null): ConfiguredClient {
  const values = {
    throttleRate: null,
    maxSessions: 1,
    atLimit: 'end-oldest',
    idleTtl: null,
    maxLifetime: null,
  } as const;
  return { given: {}, values: { ...values, name, tokenTtl: null }, scopes };
}

function session(scopes: readonly string[] | null, clientName = 'web', userRow: object = {}): ScopedSession {
  return { scopes, client: { id: 1, name: clientName, tokenTtl: null, throttleRate: null }, userRow };
}

const clients = [client('web', null), client('api', ['write', 'read'])];
const scopesWith = (scopesOf: ((user: object) => unknown) | null = null) =>
  createSessionScopes({ scopes: all, clients, scopesOf });

describe('effective scopes', () => {
  test('are those that every limit lists, in the order of the option', () => {
    expect(effectiveScopes(all, [])).toEqual(all);
    expect(effectiveScopes(all, [null, null])).toEqual(all);
    expect(effectiveScopes(all, [['billing', 'read'], null])).toEqual(['read', 'billing']);
    expect(
      effectiveScopes(all, [
        ['billing', 'read'],
        ['read', 'write'],
      ]),
    ).toEqual(['read']);
    expect(effectiveScopes(all, [[], null])).toEqual([]);
  });

  test('leave out what the option does not list', () => {
    expect(effectiveScopes(all, [['read', 'gone']])).toEqual(['read']);
  });

  test('never grow by another limit', () => {
    const scope = fc.constantFrom(...all, 'gone');
    const limit = fc.option(fc.array(scope), { nil: null });
    fc.assert(
      fc.property(fc.array(limit), limit, (limits, another) => {
        const before = effectiveScopes(all, limits);
        const after = effectiveScopes(all, [...limits, another]);
        expect(before).toEqual(expect.arrayContaining([...after]));
      }),
    );
  });
});

describe('the scopes of a session', () => {
  test('are narrowed by its token, its client and its user', () => {
    const scopes = scopesWith((user) => (user as { scopes: string[] }).scopes);
    expect(scopes.heldBy(session(null, 'web', { scopes: all }))).toEqual(all);
    expect(scopes.heldBy(session(null, 'api', { scopes: all }))).toEqual(['read', 'write']);
    expect(scopes.heldBy(session(['write', 'billing'], 'api', { scopes: all }))).toEqual(['write']);
    expect(scopes.heldBy(session(null, 'api', { scopes: ['billing'] }))).toEqual([]);
    expect(scopesWith(() => 'all').heldBy(session(['billing']))).toEqual(['billing']);
  });

  test('have no ceiling if the client was created at run time', () => {
    expect(scopesWith().ceilingOf('kiosk')).toBeNull();
    expect(scopesWith().heldBy(session(null, 'kiosk'))).toEqual(all);
    expect(createSessionScopes({ scopes: all, clients: null, scopesOf: null }).heldBy(session(null))).toEqual(all);
  });

  test('are computed once for each look-up', () => {
    let asked = 0;
    const scopes = scopesWith(() => {
      asked += 1;
      return 'all';
    });
    const record = session(null);
    expect(scopes.heldBy(record)).toBe(scopes.heldBy(record));
    scopes.heldBy(session(null));
    expect(asked).toBe(2);
  });

  test.each<[answer: unknown, sentence: string]>([
    [Promise.resolve('all'), 'scopesOf must not return a Promise: it has to answer immediately'],
    [undefined, "scopesOf: it must return a list, or 'all'"],
    ['read', "scopesOf: it must return a list, or 'all'"],
    [['read', 'raed'], "scopesOf: no scope 'raed' in the option scopes"],
    [[Symbol('read')], "scopesOf: no scope 'Symbol(read)' in the option scopes"],
    [[undefined], "scopesOf: no scope 'undefined' in the option scopes"],
  ])('fail with an internal error if scopesOf answers %o', (answer, sentence) => {
    const hold = () => scopesWith(() => answer).heldBy(session(null));
    expect(hold).toThrow(
      expect.objectContaining({
        code: 'INTERNAL_SERVER_ERROR',
        message: 'Internal server error',
        cause: expect.objectContaining({ message: sentence }),
      }),
    );
  });
});

test('a session passes on no more than its token and its client leave it', () => {
  const scopes = scopesWith(() => ['billing']);
  expect(scopes.passedOnBy(session(null, 'web'))).toBeNull();
  expect(scopes.passedOnBy(session(['billing'], 'web'))).toEqual(['billing']);
  expect(scopes.passedOnBy(session(null, 'api'))).toEqual(['read', 'write']);
  expect(scopes.passedOnBy(session(['billing', 'read'], 'api'))).toEqual(['read']);
});
