import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A piece of a module, and what to have in its place. */
export type Mutation = readonly [piece: string | RegExp, replacement: string];

/**
 * A module of src/cache in which something is wrong on purpose, to prove that a test would notice. Made of the module as
 * it is, so it can not fall behind.
 * @throws Error where a piece is not there
 */
export async function loadMutant<TModule>(name: string, mutations: readonly Mutation[]): Promise<TModule> {
  const original = new URL(`../../../src/cache/${name}.ts`, import.meta.url);
  let source = await readFile(original, 'utf8');
  for (const [piece, replacement] of mutations) {
    const mutated = source.replace(piece, () => replacement);
    if (mutated === source) throw new Error(`${name}.ts has no ${String(piece)}`);
    source = mutated;
  }
  const absolute = source
    .replaceAll(/from '(\.[^']+)'/g, (_all, path: string) => `from '${new URL(path, original).pathname}'`)
    .replace("from 'lru-cache'", `from '${import.meta.resolve('lru-cache')}'`);
  const directory = await mkdtemp(join(tmpdir(), 'durin-mutant-'));
  try {
    const file = join(directory, `${name}.ts`);
    await writeFile(file, absolute);
    return (await import(pathToFileURL(file).href)) as TModule;
  } finally {
    await rm(directory, { recursive: true });
  }
}
