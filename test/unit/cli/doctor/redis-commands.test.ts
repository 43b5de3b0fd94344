import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { neededRights } from '../../../../src/cli/doctor/redis-rights.ts';
import { askForServer } from '../../../../src/redis/redis-source.ts';
import { blocksOf } from '../../../docs/pages.ts';

/** The commands of the settings that start with this. */
const neededBy = (setting: string) =>
  Object.values(neededRights).map((rights) =>
    Object.entries<readonly string[]>(rights).flatMap(([name, commands]) => (name.startsWith(setting) ? commands : [])),
  );

const source = join(import.meta.dirname, '../../../../src');

test('the rights that doctor asks for hold the question which server answers', () => {
  const [command = ''] = askForServer;
  for (const needed of neededBy('cache.store')) expect(needed).toContain(command.toLowerCase());
});

test('the rights that doctor asks for are those of the store and the bus', () => {
  const texts = readdirSync(join(source, 'redis')).map((name) => readFileSync(join(source, 'redis', name), 'utf8'));
  const sent = texts.flatMap((text) => Array.from(text.matchAll(/\['([A-Z]+)'[,\]]/g), ([, command = '']) => command));
  const called = texts.flatMap((text) =>
    Array.from(text.matchAll(/er\.(s?(?:publish|subscribe))\(/gi), ([, name = '']) => name),
  );
  const commands = new Set([...sent, ...called].map((name) => name.toLowerCase()));
  expect([...commands].toSorted()).toEqual(
    ['del', 'exists', 'get', 'info', 'mget', 'publish', 'set', 'spublish', 'ssubscribe', 'subscribe'].toSorted(),
  );
  const needed = new Set(neededBy('cache.').flat());
  expect([...commands].filter((command) => !needed.has(command))).toEqual([]);
});

test('the rights that doctor asks for are those of all scripts', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const called = files.flatMap((name) =>
    [...readFileSync(join(source, name), 'utf8').matchAll(/redis\.p?call\('(\w+)'/g)].map(([, command = '']) =>
      command.toLowerCase(),
    ),
  );
  expect(called).toContain('zscore');
  for (const needed of neededBy('throttle.redis'))
    expect(called.filter((command) => !needed.includes(command))).toEqual([]);
});

test.each(Object.entries(neededRights))('the docs list the rights on a %s', (kind, rights) => {
  const block = blocksOf('docs/operations.md').find(({ label }) => label === `rights=${kind}`);
  const lines = Array.from(block?.code.matchAll(/^(\+.*?) +# (.*)$/gm) ?? [], ([, rules = '', setting = '']) => ({
    commands: rules.split(' ').map((rule) => rule.slice(1)),
    setting,
  }));
  const documented = Map.groupBy(lines, ({ setting }) => setting);
  expect(
    Object.fromEntries([...documented].map(([name, of]) => [name, of.flatMap(({ commands }) => commands)])),
  ).toEqual(rights);
});
