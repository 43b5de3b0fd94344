import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startProgram } from '../../e2e/programs/program.ts';

const root = join(import.meta.dirname, '../../..');

/** Outside of the repository, so that no package is found beside the bundle. */
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'durin-bundle-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Bundles a program with all that it imports into one file, and runs it. */
async function runBundled(contents: string, format: 'esm' | 'cjs' = 'esm') {
  const file = join(folder, format === 'esm' ? 'server.mjs' : 'server.cjs');
  const stdin = { contents, resolveDir: root, loader: 'ts' as const };
  // As usual for Node: CommonJS dependencies of a bundle in ESM need `require`.
  const banner = {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  };
  const optional = ['libsql', 'better-sqlite3', 'mariadb', 'tedious', 'oracledb'];
  const options = { bundle: true, format, platform: 'node' as const, logLevel: 'error' as const, external: optional };
  await build({ stdin, outfile: file, ...options, ...(format === 'esm' && { banner }) });
  return startProgram([file], {}, folder).ended;
}

test.for([
  './src/index.ts',
  './src/admin/index.ts',
  './src/database/pglite/index.ts',
  './src/redis/index.ts',
  './client/index.ts',
])('a server that bundles %s starts', async (entry) => {
  const ended = await runBundled(`import * as entry from '${entry}'; console.log(Object.keys(entry).length > 0);`);
  expect(ended).toEqual({ code: 0, output: 'true\n' });
});

const askForPage = `import { readPageAssets } from './src/admin/page/page-assets.ts';
readPageAssets().then(({ html }) => console.log(html), (error) => console.log(error.name, error.message));`;

test('the admin page of a bundle is found where the package is installed', async () => {
  const installed = join(folder, 'node_modules', 'trpc-durin');
  await mkdir(join(installed, 'dist', 'admin-page', 'assets'), { recursive: true });
  await writeFile(join(installed, 'package.json'), '{}');
  await writeFile(join(installed, 'dist', 'admin-page', 'index.html'), 'the page');
  expect(await runBundled(askForPage)).toEqual({ code: 0, output: 'the page\n' });
});

test.for(['esm', 'cjs'] as const)('elsewhere a bundle in %s says why there is no page when asked', async (format) => {
  const output =
    'DurinUsageError The files of the admin page are in the package trpc-durin, which is not installed here\n';
  expect(await runBundled(askForPage, format)).toEqual({ code: 0, output });
});
