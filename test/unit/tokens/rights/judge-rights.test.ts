import { expect, test, vi } from 'vitest';
import { type Demands, judgeRights } from '../../../../src/tokens/rights/judge-rights.ts';

const session = {
  scopes: null,
  client: { id: 1, name: 'web', tokenTtl: null, throttleRate: null },
  userRow: {},
};

const judge = (demands: Partial<Demands>, held: readonly string[] = ['read', 'write']) =>
  judgeRights(session, { isAllowed: () => true, scopes: [], anyScope: [], ...demands }, () => held);

test('a session needs each of the scopes', () => {
  expect(judge({ scopes: ['read'] })).toEqual({ verdict: 'allowed' });
  expect(judge({ scopes: ['read', 'write'] })).toEqual({ verdict: 'allowed' });
  expect(judge({ scopes: ['billing', 'read', 'admin'] })).toEqual({
    verdict: 'insufficient-scope',
    missing: ['billing', 'admin'],
  });
});

test('a session needs one of anyScope', () => {
  expect(judge({ anyScope: ['billing', 'write'] })).toEqual({ verdict: 'allowed' });
  expect(judge({ anyScope: ['billing', 'admin'] })).toEqual({
    verdict: 'insufficient-scope',
    missing: ['billing', 'admin'],
  });
});

test('a session needs both if a guard asks for both', () => {
  expect(judge({ scopes: ['read'], anyScope: ['write', 'admin'] })).toEqual({ verdict: 'allowed' });
  expect(judge({ scopes: ['admin'], anyScope: ['write'] })).toMatchObject({ missing: ['admin'] });
  expect(judge({ scopes: ['read'], anyScope: ['admin'] })).toMatchObject({ missing: ['admin'] });
});

test('its client is judged before its scopes', () => {
  expect(judge({ isAllowed: (name) => name === 'cli', scopes: ['admin'] })).toEqual({ verdict: 'client-not-allowed' });
});

test('a guard that demands no scope computes none', () => {
  const demands = { isAllowed: () => true, scopes: [], anyScope: [] };
  const heldBy = vi.fn<() => readonly string[]>();
  expect(judgeRights(session, demands, heldBy)).toEqual({ verdict: 'allowed' });
  expect(heldBy).not.toHaveBeenCalled();
});
