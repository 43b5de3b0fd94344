import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { type Row, valueRow } from '../table.ts';

/** All of `trpc-durin/client` as an app would bundle it, without step-up, which a page loads when it asks for a password. */
export async function benchSdkSize(): Promise<Row[]> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '../../../client/index.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external: ['@trpc/client', '@trpc/server'],
    splitting: true,
    outdir: import.meta.dirname,
    write: false,
  });
  const size = gzipSync(outputFiles[0]?.text ?? '', { level: 9 }).length;
  return [valueRow('SDK, minified and gzipped, without @trpc/client', size, { atMost: 3400 }, inKilobytes)];
}

const inKilobytes = (bytes: number) => `${(bytes / 1000).toFixed(2)} kB`;
