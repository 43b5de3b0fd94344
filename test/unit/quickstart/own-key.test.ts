import { expect, test } from 'vitest';
import { curlCommand } from '../../../examples/quickstart/web/src/api-keys/curl-command.ts';
import { nameOf, type OwnKey, replacementOf } from '../../../examples/quickstart/web/src/api-keys/own-key.ts';

function keyOf(changes: Partial<OwnKey>): OwnKey {
  const dates = { created: '2026-01-01T00:00:00Z', expiry: null, lastUsedAt: null };
  const rest = { preview: '3f9a…c21b', scopes: [], hasExpired: false, expiresIn: 'never', replaces: null };
  return { id: 'old', name: 'export', ...dates, ...rest, ...changes };
}

const old = keyOf({});
const successor = keyOf({ id: 'new', created: '2026-02-01T00:00:00Z' });

test('a key is called by its name, or else by its preview', () => {
  expect(nameOf(old)).toBe('export');
  expect(nameOf(keyOf({ name: null }))).toBe('3f9a…c21b');
});

test('a key waits for the first use of the one that replaces it', () => {
  const unused = { ...successor, replaces: 'old' };
  expect(replacementOf(old, [unused, old])).toBe('waiting');
  expect(replacementOf(unused, [unused, old])).toBeNull();
});

test('a valid key that shares its name with a newer one is being replaced', () => {
  expect(replacementOf(old, [successor, old])).toBe('begun');
  expect(replacementOf(successor, [successor, old])).toBeNull();
});

test.each([
  ['an expired key', [successor, keyOf({ hasExpired: true })]],
  ['a key beside an expired one of its name', [{ ...successor, hasExpired: true }, old]],
  ['a key without a name', [keyOf({ ...successor, name: null }), keyOf({ name: null })]],
  ['the only key', [old]],
])('%s is not being replaced', (_, keys) => {
  expect(keys.map((key) => replacementOf(key, keys))).toEqual(keys.map(() => null));
});

test('the curl command calls what the key may use', () => {
  const url = 'http://localhost/trpc/';
  expect(curlCommand('k', ['reports:read', 'reports:write'], 'http://localhost')).toBe(
    `curl -H "Authorization: Token k" ${url}reports.list`,
  );
  expect(curlCommand('k', ['reports:write'], 'http://localhost')).toMatch(/^curl .* -d '.*' http:.*reports\.add$/);
});
