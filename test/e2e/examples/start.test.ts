import { expect, test } from 'vitest';
import { readPackageJson } from '../../project/source-files.ts';
import { run } from '../package/packed.ts';
import { project } from '../programs/program.ts';

test('npm run example builds the package first', () => {
  expect(readPackageJson().scripts['example']).toBe('npm run build && node examples/start.ts');
});

test.for([
  [['hono', 'dance'], 'hono has no script "dance". Name one of: check, start, start:bun, start:deno.'],
  [['nuxt'], 'There is no example "nuxt". Name one of: cli, hono, next, quickstart.'],
  [[], 'Name an example: cli, hono, next, quickstart.'],
] as const)('%j is refused before anything is installed', async ([args, sentence]) => {
  const wrong = await run(process.execPath, ['examples/start.ts', ...args], project);
  expect(wrong).toEqual({ code: 2, output: `error: ${sentence}\n` });
});
