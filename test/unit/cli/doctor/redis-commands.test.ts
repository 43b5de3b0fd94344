import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { neededCommands } from '../../../../src/cli/doctor/judge-redis.ts';
import { askForServer } from '../../../../src/redis/redis-source.ts';

const source = join(import.meta.dirname, '../../../../src');

test('the rights that doctor asks for hold the question which server answers', () => {
  const [command = ''] = askForServer;
  expect(neededCommands).toContain(command.toLowerCase());
});

test('the rights that doctor asks for are those of all scripts', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const called = files.flatMap((name) =>
    [...readFileSync(join(source, name), 'utf8').matchAll(/redis\.p?call\('(\w+)'/g)].map(([, command = '']) =>
      command.toLowerCase(),
    ),
  );
  expect(called).toContain('zscore');
  expect(called.filter((command) => !(neededCommands as readonly string[]).includes(command))).toEqual([]);
});
