import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { judgeVersions } from '../../../../src/cli/doctor/judge-versions.ts';
import { readPackages } from '../../../../src/cli/doctor/read-packages.ts';

const installed = join(import.meta.dirname, '../../../../node_modules');

/** The folder of an app, in which nothing is installed. */
let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'durin-doctor-')));
});
afterEach(() => rm(folder, { recursive: true }));

async function install(name: string, version: string): Promise<string> {
  const path = join(folder, 'node_modules', name);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'package.json'), JSON.stringify({ name, version }));
  return path;
}

async function versionOf(name: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(installed, name, 'package.json'), 'utf8')) as { version: string };
  return version;
}

const read = (name: string) => readPackages(folder).find((known) => known.name === name);
const sentences = () => judgeVersions('24.1.0', readPackages(folder)).map(({ found }) => found);

test('every package that both need is found where it is installed', async () => {
  const names = ['@trpc/server', '@mikro-orm/core', 'zod'];
  const others = ['@mikro-orm/postgresql', '@mikro-orm/pglite', '@mikro-orm/sql', '@mikro-orm/migrations'];
  for (const name of [...names, ...others]) {
    const version = await versionOf(name);
    expect(read(name)).toEqual({ name, ofApp: null, ofDurin: { version, folder: join(installed, name) } });
  }
  const versions = await Promise.all(names.map(versionOf));
  expect(sentences()).toEqual(['Node is 24.1.0.', ...names.map((name, index) => `${name} is ${versions[index]}.`)]);
});

test('a second zod of the app is found', async () => {
  const path = await install('zod', '4.0.1');
  expect(read('zod')?.ofApp).toEqual({ version: '4.0.1', folder: path });
  expect(sentences()).toContain(
    `zod is installed twice: 4.0.1 for the app, and ${await versionOf('zod')} for trpc-durin.`,
  );
});

test('a link to the same zod is no second one', async () => {
  await mkdir(join(folder, 'node_modules'));
  await symlink(join(installed, 'zod'), join(folder, 'node_modules', 'zod'));
  expect(sentences()).toContain(`zod is ${await versionOf('zod')}.`);
});

test('packages of MikroORM with several versions are found', async () => {
  await install('@mikro-orm/postgresql', '7.2.0');
  await install('@mikro-orm/migrations', '7.2.1');
  expect(sentences()).toContain(
    'The packages of MikroORM differ: @mikro-orm/postgresql 7.2.0, @mikro-orm/migrations 7.2.1.',
  );
});

test('a package.json that is no JSON is no package', async () => {
  const path = await install('zod', '4.0.1');
  await writeFile(join(path, 'package.json'), '{');
  expect(read('zod')?.ofApp).toBe(null);
});
