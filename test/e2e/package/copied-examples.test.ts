import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { project } from '../programs/program.ts';
import { pack, run } from './packed.ts';

let root: string;
let tarball: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'durin-examples-'));
  ({ tarball } = await pack(root));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const isSource = (path: string) => !/[\\/](?:node_modules|dist|\.data)$/.test(path);

/** Copies an example out of the repository and installs it, with the package as npm would publish it. */
async function copyExample(name: string): Promise<string> {
  const folder = join(root, name);
  await cp(join(project, 'examples', name), folder, { recursive: true, filter: isSource });
  const manifest = join(folder, 'package.json');
  const text = await readFile(manifest, 'utf8');
  const withTarball = text.replace(/("trpc-durin": )"[^"]+"/, `$1"file:${tarball}"`);
  expect(withTarball).not.toBe(text);
  await writeFile(manifest, withTarball);
  const install = await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], folder);
  expect(install).toMatchObject({ code: 0 });
  return folder;
}

test('the examples run outside the repository', async () => {
  const quickstart = await copyExample('quickstart');
  const tour = await run('npm', ['start', '--', '--exit', '--port', '0'], quickstart);
  expect(tour).toEqual({ code: 0, output: expect.stringContaining('✓ An API key may not change settings') });
  expect(await run('npm', ['run', '-s', 'check'], quickstart)).toEqual({ code: 0, output: '' });

  const cli = await copyExample('cli');
  const help = await run('npm', ['run', '-s', 'cli', '--', '--help'], cli);
  expect(help).toEqual({ code: 0, output: expect.stringMatching(/^Usage: /) });
  expect(await run('npm', ['run', '-s', 'check'], cli)).toEqual({ code: 0, output: '' });
}, 600_000); // npm installs two projects
