import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A piece of a module's source, and what replaces it. */
export type Mutation = readonly [piece: string | RegExp, replacement: string];

/** Mutations by file, such as `async/circuit-breaker`. */
export type Mutations = Readonly<Record<string, readonly Mutation[]>>;

const source = new URL('../../../src/', import.meta.url);
/** The folders that are copied, so that a module and what it imports can be mutated together. */
const folders = ['cache', 'async'];

/**
 * A module of src/ that is broken on purpose, to prove that a test notices. It is made from the current source, so it
 * cannot fall behind.
 * @param entry the module that is loaded, such as `cache/shared-cache`
 * @throws Error if the source does not contain a piece
 */
export async function loadMutant<TModule>(entry: string, mutations: Mutations): Promise<TModule> {
  const directory = await mkdtemp(join(tmpdir(), 'durin-mutant-'));
  try {
    for (const folder of folders) {
      await cp(new URL(folder, source), join(directory, folder), { recursive: true });
      for (const file of await readdir(new URL(folder, source), { recursive: true })) {
        if (!file.endsWith('.ts')) continue;
        const path = join(directory, folder, file);
        await writeFile(path, withAbsoluteImports(`${folder}/${file}`, await readFile(path, 'utf8')));
      }
    }
    for (const [name, pieces] of Object.entries(mutations)) {
      const path = join(directory, `${name}.ts`);
      await writeFile(path, mutate(name, await readFile(path, 'utf8'), pieces));
    }
    return (await import(pathToFileURL(join(directory, `${entry}.ts`)).href)) as TModule;
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** The imports of what is not copied. */
function withAbsoluteImports(file: string, text: string): string {
  return text
    .replaceAll(/from '(\.\.?\/[^']+)'/g, (asIs, path: string) => {
      const { href, pathname } = new URL(path, new URL(file, source));
      return folders.some((folder) => href.startsWith(`${source.href}${folder}/`)) ? asIs : `from '${pathname}'`;
    })
    .replaceAll("from 'lru-cache'", `from '${import.meta.resolve('lru-cache')}'`);
}

function mutate(name: string, original: string, mutations: readonly Mutation[]): string {
  return mutations.reduce((text, [piece, replacement]) => {
    const mutated = text.replace(piece, () => replacement);
    if (mutated === text) throw new Error(`${name}.ts does not contain ${String(piece)}`);
    return mutated;
  }, original);
}
