import { expect, test } from 'vitest';
import { filterPolicies, noFilter, scopesIn } from '../../../admin-page/policy/policy-filter.ts';
import { clientsInWords, countsInWords, freshInWords, scopesInWords } from '../../../admin-page/policy/policy-words.ts';
import type { ProcedurePolicy } from '../../../src/index.ts';

function policy(path: string, restrictions: Partial<ProcedurePolicy> = {}): ProcedurePolicy {
  const none = { clients: null, keys: false, scopes: null, anyScope: null, fresh: null, rate: null };
  return { path, type: 'query', guard: 'guarded', ...none, ...restrictions };
}

const policies = [
  policy('hello', { guard: 'open' }),
  policy('reports.list', { scopes: ['read'] }),
  policy('reports.publish', { clients: ['web'], scopes: ['read', 'write'] }),
  policy('settings', { exceptClients: ['api'], anyScope: [['admin', 'write']] }),
];

const pathsWith = (filter: Partial<typeof noFilter>) =>
  filterPolicies(policies, { ...noFilter, ...filter }).map(({ path }) => path);

test('policies are filtered by path, guard, client and scope', () => {
  expect(pathsWith({})).toHaveLength(4);
  expect(pathsWith({ search: ' REPORTS.' })).toEqual(['reports.list', 'reports.publish']);
  expect(pathsWith({ guard: 'open' })).toEqual(['hello']);
  expect(pathsWith({ client: 'api' })).toEqual(['hello', 'reports.list']);
  expect(pathsWith({ client: 'web', scope: 'write' })).toEqual(['reports.publish', 'settings']);
  expect(pathsWith({ guard: 'open', scope: 'read' })).toEqual([]);
});

test('the scopes that procedures ask for are listed once', () => {
  expect(scopesIn(policies)).toEqual(['admin', 'read', 'write']);
});

test('the clients of a policy are in words', () => {
  expect(clientsInWords(policy('a'))).toBe('all');
  expect(clientsInWords(policy('a', { clients: ['web', 'cli'] }))).toBe('web, cli');
  expect(clientsInWords(policy('a', { clients: [] }))).toBe('none');
  expect(clientsInWords(policy('a', { exceptClients: ['api'] }))).toBe('all but api');
});

test('the scopes of a policy are in words', () => {
  expect(scopesInWords(policy('a'))).toBe('');
  expect(scopesInWords(policy('a', { scopes: ['read', 'write'] }))).toBe('read, write');
  expect(scopesInWords(policy('a', { scopes: ['read'], anyScope: [['b', 'c'], ['d']] }))).toBe(
    'read, one of b, c, one of d',
  );
});

test('the age of a login is in words', () => {
  expect(freshInWords(policy('a'))).toBe('');
  expect(freshInWords(policy('a', { fresh: '10m' }))).toBe('10m');
  expect(freshInWords(policy('a', { fresh: 600 }))).toBe('10m');
});

test('procedures are counted by guard', () => {
  expect(countsInWords(policies)).toBe('4 procedures: 1 open, 0 optional, 3 guarded');
  expect(countsInWords([policy('a')])).toBe('1 procedure: 0 open, 0 optional, 1 guarded');
});
