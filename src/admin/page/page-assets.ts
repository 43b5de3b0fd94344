import { readdir, readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { DurinUsageError } from '../../errors.ts';

/** A file of the built page. Its name contains a hash of its content. */
export interface PageAsset {
  readonly contentType: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** The compressed body. */
  readonly gzipped: Uint8Array<ArrayBuffer>;
}

export interface PageAssets {
  /** The HTML of the page, with placeholders. */
  readonly html: string;
  /** By file name. */
  readonly files: ReadonlyMap<string, PageAsset>;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** @throws DurinUsageError if the page is not built, or the package is not installed beside a bundled server */
export async function readPageAssets(folder: string = builtPageFolder()): Promise<PageAssets> {
  const assets = join(folder, 'assets');
  try {
    const [html, names] = await Promise.all([readFile(join(folder, 'index.html'), 'utf8'), readdir(assets)]);
    const files = await Promise.all(names.map(async (name) => [name, await readAsset(join(assets, name))] as const));
    return { html, files: new Map(files) };
  } catch (cause) {
    throw new DurinUsageError('The admin page is not built: run `npm run build`', { cause });
  }
}

/**
 * The folder of the built page, in this package: the same for the sources and for the build. Looked up when the page is
 * requested, because a server that is bundled into one file may run without the package.
 */
function builtPageFolder(): string {
  try {
    const manifest = fileURLToPath(import.meta.resolve('trpc-durin/package.json'));
    return join(dirname(manifest), 'dist', 'admin-page');
  } catch (cause) {
    throw new DurinUsageError(
      'The files of the admin page are in the package trpc-durin, which is not installed here',
      {
        cause,
      },
    );
  }
}

async function readAsset(path: string): Promise<PageAsset> {
  const contentType = contentTypes[extname(path)];
  if (contentType === undefined) throw new TypeError(`${path} has no content type`);
  const body = await readFile(path);
  return { contentType, body, gzipped: await promisify(gzip)(body, { level: 9 }) };
}
