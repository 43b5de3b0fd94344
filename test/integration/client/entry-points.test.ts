import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { expect, test } from 'vitest';
import { readSourceFiles } from '../../project/source-files.ts';

const root = join(import.meta.dirname, '../../..');
const client = join(root, 'client/index.ts');

/**
 * Bundles the code for a browser, without tRPC and React. `lazy` are the files that a page loads when it needs them.
 * `shares` are the sizes of the files in the entry, minified.
 */
async function bundle(code: string, plugins: Plugin[] = []) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: root, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external: ['@trpc/client', '@trpc/server', 'react'],
    splitting: true,
    outdir: root,
    write: false,
    metafile: true,
    absWorkingDir: root,
    plugins,
  });
  const [entry, ...lazy] = outputFiles.map(({ text }) => text);
  const main = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint);
  const shares = Object.entries(main?.inputs ?? {}).map(([path, { bytesInOutput }]) => ({
    path,
    bytes: bytesInOutput,
  }));
  return { text: entry ?? '', lazy, inputs: Object.keys(metafile.inputs), shares };
}

const sizeOf = (text: string) => gzipSync(text, { level: 9 }).length;

test('the SDK is at most 4.5 kB, minified and gzipped, and its parts 0.9 kB', async () => {
  const { text, lazy } = await bundle(`export * from ${JSON.stringify(client)}`);
  expect(text).toContain('createDurinClient');
  expect(sizeOf(text)).toBeLessThanOrEqual(4550);
  const stepUp = lazy.filter((part) => part.includes('INVALID_CREDENTIALS')); // for pages that ask for a password
  const cookies = lazy.filter((part) => part.includes('postMessage')); // for pages with a session cookie
  expect([lazy.length, stepUp.length, cookies.length]).toEqual([2, 1, 1]);
  expect(text).not.toContain('INVALID_CREDENTIALS');
  expect(text).not.toContain('postMessage');
  expect(Math.max(...lazy.map(sizeOf))).toBeLessThanOrEqual(900);
});

test('the table of the SDK’s files has the share of each', async () => {
  const { text, shares } = await bundle(`export * from ${JSON.stringify(client)}`);
  const page = await readFile(join(root, 'docs/benchmarks.md'), 'utf8');
  const [, section = ''] = page.split('## The size of the SDK');
  const rows = [...section.matchAll(/^\| (.*?) \| (\d\.\d\d) \|/gm)].map(([, files = '', size]) => ({
    paths: [...files.matchAll(/`(.+?)`/g)].map(([, name]) => `client/${name}`),
    size: Number(size),
  }));
  const named = rows.flatMap(({ paths }) => paths);
  expect(named.toSorted()).toEqual(
    shares
      .filter(({ bytes }) => bytes > 0)
      .map(({ path }) => path)
      .toSorted(),
  );
  const compared = rows.filter(({ paths }) => paths.length > 0);
  expect(compared.filter(({ paths, size }) => Math.abs(shareOf(paths) - size) > 0.02)).toEqual([]);

  function shareOf(paths: string[]): number {
    const bytes = shares.reduce((sum, share) => sum + (paths.includes(share.path) ? share.bytes : 0), 0);
    return (bytes / text.length) * (sizeOf(text) / 1000);
  }
});

test('without the files that some pages do not need, the SDK is 3.8 kB', async () => {
  const names = ['createCookieSession', 'createLazyConfirm', 'startRefresher', 'webStorage'];
  const contents = names.map((name) => `export const ${name} = () => {};`).join('');
  const leaveOut: Plugin = {
    name: 'leave-out',
    setup({ onLoad }) {
      onLoad({ filter: /(?:cookie-session|lazy-confirmation|refresher|web-storage)\.ts$/ }, () => ({ contents }));
    },
  };
  const { text } = await bundle(`export * from ${JSON.stringify(client)}`, [leaveOut]);
  expect((sizeOf(text) / 1000).toFixed(1)).toBe('3.8');
});

test('an app bundles only the exports that it uses', async () => {
  const { text } = await bundle(`export { memoryStorage } from ${JSON.stringify(client)}`);
  expect(sizeOf(text)).toBeLessThan(200);
  const ofErrors = await bundle(`export { durinErrorOf } from ${JSON.stringify(client)}`);
  expect(sizeOf(ofErrors.text)).toBeLessThan(100);
  const withoutClient = await bundle(`export { createDurinLink } from ${JSON.stringify(client)}`);
  expect(withoutClient.text).not.toContain('httpBatchLink');
  expect(withoutClient.text).not.toContain('getItem');
});

test.each(['client/index.ts', 'client/react.ts'])('%s uses no Node API and no server code', async (entry) => {
  const { text, inputs } = await bundle(`export * from ${JSON.stringify(join(root, entry))}`);
  const imported = [...text.matchAll(/(?:from|import)\s*["']([^"']+)["']/g)].map(([, name = '']) => name);
  expect(imported.filter((name) => name.startsWith('node:') || builtinModules.includes(name))).toEqual([]);
  expect(imported.filter((name) => !['@trpc/client', '@trpc/server/observable', 'react'].includes(name))).toEqual([]);
  expect(inputs.filter((path) => path.startsWith('src/') && path !== 'src/wire.ts')).toEqual([]);
  expect(text).not.toMatch(/\b(?:process|Buffer|require|__dirname)\b/);
});

/** The folders of the SDK, from the innermost. A file imports from its own folder and from those before it. */
const folders = ['client/storage', 'client/session', 'client/link', 'client'];

test('the folders of the SDK import inward only', () => {
  const files = readSourceFiles('client');
  expect(files.length).toBeGreaterThan(20);
  expect([...new Set(files.map(({ path }) => dirname(path)))].toSorted()).toEqual(folders.toSorted());
  const outward = files.flatMap(({ path, imports }) =>
    imports
      .filter((name) => name.startsWith('client/'))
      .filter((name) => folders.indexOf(dirname(name)) > folders.indexOf(dirname(path)))
      .map((name) => `${path} imports ${name}`),
  );
  expect(outward).toEqual([]);
});
