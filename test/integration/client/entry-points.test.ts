import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const client = join(root, 'client/index.ts');

/** What a bundler makes of this code for a browser, without tRPC and React. */
async function bundle(code: string) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: root, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external: ['@trpc/client', '@trpc/server', 'react'],
    write: false,
    metafile: true,
  });
  return { text: outputFiles[0]?.text ?? '', inputs: Object.keys(metafile.inputs) };
}

const sizeOf = (text: string) => gzipSync(text, { level: 9 }).length;

test('all of the SDK is at most 3 kB, minified and gzipped', async () => {
  const { text } = await bundle(`export * from ${JSON.stringify(client)}`);
  expect(text).toContain('createDurinClient');
  expect(sizeOf(text)).toBeLessThanOrEqual(3000);
});

test('what an app does not use is not in its bundle', async () => {
  const { text } = await bundle(`export { memoryStorage } from ${JSON.stringify(client)}`);
  expect(sizeOf(text)).toBeLessThan(200);
  const ofErrors = await bundle(`export { durinErrorOf } from ${JSON.stringify(client)}`);
  expect(sizeOf(ofErrors.text)).toBeLessThan(100);
  const withoutClient = await bundle(`export { createDurinLink } from ${JSON.stringify(client)}`);
  expect(withoutClient.text).not.toContain('httpBatchLink');
  expect(withoutClient.text).not.toContain('getItem');
});

test.each(['client/index.ts', 'client/react.ts'])('%s has no Node API, and nothing of the server', async (entry) => {
  const { text, inputs } = await bundle(`export * from ${JSON.stringify(join(root, entry))}`);
  const imported = [...text.matchAll(/(?:from|import)\s*["']([^"']+)["']/g)].map(([, name = '']) => name);
  expect(imported.filter((name) => name.startsWith('node:') || builtinModules.includes(name))).toEqual([]);
  expect(imported.filter((name) => !['@trpc/client', '@trpc/server/observable', 'react'].includes(name))).toEqual([]);
  expect(inputs.filter((path) => path.startsWith('src/') && path !== 'src/wire.ts')).toEqual([]);
  expect(text).not.toMatch(/\b(?:process|Buffer|require|__dirname)\b/);
});
