import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { neededCommands } from '../../../../src/cli/doctor/judge-redis.ts';
import { askForServer } from '../../../../src/redis/redis-source.ts';

const source = join(import.meta.dirname, '../../../../src');

test('the rights that doctor asks for hold the question which server answers', () => {
  const [command = ''] = askForServer;
  expect(neededCommands.server).toContain(command.toLowerCase());
  expect(neededCommands.cluster).toContain(command.toLowerCase());
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
  const needed = new Set<string>([...neededCommands.server, ...neededCommands.cluster]);
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
  for (const needed of Object.values<readonly string[]>(neededCommands))
    expect(called.filter((command) => !needed.includes(command))).toEqual([]);
});
