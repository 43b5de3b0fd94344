import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPackageJson } from '../../project/source-files.ts';
import { run } from './packed.ts';

const root = join(import.meta.dirname, '../../..');
let folder: string;

/** A folder with the built package, its dependencies and the peers that every app has. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'durin-peers-'));
  const installed = join(folder, 'node_modules/trpc-durin');
  await cp(join(root, 'dist'), join(installed, 'dist'), { recursive: true });
  await cp(join(root, 'package.json'), join(installed, 'package.json'));
  for (const name of [...Object.keys(readPackageJson().dependencies), '@trpc/server', '@trpc/client']) await link(name);
});
afterAll(() => rm(folder, { recursive: true }));

async function link(name: string): Promise<void> {
  const path = join(folder, 'node_modules', name);
  await mkdir(dirname(path), { recursive: true });
  await symlink(join(root, 'node_modules', name), path);
}

const load = (entry: string) =>
  run(process.execPath, ['--input-type=module', '--eval', `await import('${entry}');`], folder);

test('without its peers the SDK loads, and a server names what is missing', async () => {
  expect(await load('trpc-durin/client')).toMatchObject({ code: 0 });
  expect((await load('trpc-durin')).output).toContain("Cannot find package '@mikro-orm/core' imported from ");
  await link('@mikro-orm/core');
  expect((await load('trpc-durin')).output).toContain("Cannot find package 'zod' imported from ");
  await link('zod');
  expect(await load('trpc-durin')).toMatchObject({ code: 0 });
});

test('OpenTelemetry is needed by its own entry point alone', async () => {
  for (const name of ['@mikro-orm/core', 'zod']) await link(name).catch(() => undefined); // they may be there
  const { output } = await load('trpc-durin/opentelemetry');
  expect(output).toContain("Cannot find package '@opentelemetry/api' imported from ");
  await link('@opentelemetry/api');
  expect(await load('trpc-durin/opentelemetry')).toMatchObject({ code: 0 });
});
