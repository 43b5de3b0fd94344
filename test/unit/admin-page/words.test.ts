import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clientIdOf, clientNameOf } from '../../../admin-page/data/client-id.ts';
import { fromNow } from '../../../admin-page/text/from-now.ts';
import { curlCommand } from '../../../admin-page/tokens/curl-command.ts';
import { uniqueLabelOf } from '../../../admin-page/tokens/user-label.ts';

test('a client has an id that a path takes as it is, and that gives its name back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }), (name) => {
      const id = clientIdOf(name);
      expect(id).toMatch(/^[\w~-]+$/);
      expect(clientNameOf(id)).toBe(name);
    }),
  );
  expect(['web', 'my-app_2', 'a b', '..', 'create', 'created', '%2F', '~'].map(clientIdOf)).toEqual([
    'web',
    'my-app_2',
    'a~20b',
    '~2e~2e',
    '~63reate',
    'created',
    '~252F',
    '~7e',
  ]);
  expect(clientNameOf('~zz')).toBe('~zz'); // typed into the address bar
});

test('users of the same name are told apart by their keys', () => {
  const users = [
    { id: 1, label: 'Ann' },
    { id: 2, label: 'Ann' },
    { id: '3', label: 'Ben' },
  ];
  expect(users.map((user) => uniqueLabelOf(users, user))).toEqual(['Ann (1)', 'Ann (2)', 'Ben']);
});

test('the command to try a token is one command, whatever path the page was opened at', () => {
  const { href } = new URL("https://app.example/admin/';echo$IFS'hurt';'/api/auth.sessions.list");
  expect(href).toContain("';echo");
  const command = curlCommand(href, 'Token', 'ab12');
  const words = execFileSync('sh', ['-c', command.replace('curl', "printf '%s\\n'")], { encoding: 'utf8' });
  expect(words).toBe(`-H\nAuthorization: Token ab12\n${href.replaceAll("'", '%27')}\n`);
});

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

test.for<[string, milliseconds: number]>([
  ['just now', 0],
  ['just now', 29_000],
  ['just now', -29_000],
  ['1 minute ago', -31_000],
  ['in 1 hour', hour - 1000],
  ['in 8 hours', 8 * hour - 5000],
  ['in 59 minutes', hour - minute],
  ['in 1 day', 2 * day - hour],
  ['1 day ago', -day],
  ['in 14 days', 14 * day - 100],
  ['in 1 year', 365 * day - 2000],
  ['2 months ago', -61 * day],
])('%s', ([words, milliseconds]) => {
  const now = Date.UTC(2026, 10, 23);
  expect(fromNow(new Date(now + milliseconds), now)).toBe(words);
});
