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
  const wrong = await run('npm', ['exec', '--call', 'node examples/start.ts hono dance'], root);
  expect(wrong.code).not.toBe(0);
});
