import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readPackageJson } from '../../project/source-files.ts';
import { run } from '../package/packed.ts';
import { project } from '../programs/program.ts';

const isSource = (path: string) => !/^(?:node_modules|\.next|.*\.tgz)$/.test(basename(path));

test('one command installs an example and runs a script of it', async () => {
  const root = await mkdtemp(join(tmpdir(), 'durin-start-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const path of ['package.json', 'dist', 'examples/start.ts', 'examples/hono']) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await cp(join(project, path), join(root, path), { recursive: true, filter: isSource });
  }

  const { scripts } = readPackageJson();
  expect(scripts['example']).toBe('npm run build && node examples/start.ts');
  const start = await run('npm', ['exec', '--call', 'node examples/start.ts hono check'], root);
  expect(start).toMatchObject({ code: 0, output: expect.stringContaining('tsc -p .') });
});

test.for([
  [['hono', 'dance'], 'hono has no script "dance". Name one of: check, start, start:bun, start:deno.'],
  [['nuxt'], 'There is no example "nuxt". Name one of: cli, hono, next, quickstart.'],
  [[], 'Name an example: cli, hono, next, quickstart.'],
] as const)('%j is refused before anything is installed', async ([args, sentence]) => {
  const wrong = await run(process.execPath, ['examples/start.ts', ...args], project);
  expect(wrong).toEqual({ code: 2, output: `error: ${sentence}\n` });
});
