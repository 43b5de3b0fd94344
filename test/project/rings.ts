import type { SourceFile } from './source-files.ts';

/**
 * The rings, from the innermost: folders of src/, and the files that lie beside them. A file imports from its own folder
 * and from the rings before its own. docs/architecture.md lists them in this order. A new folder is placed here first.
 */
export const rings = [
  ['wire.ts'],
  ['refusals'],
  ['errors.ts', 'events.ts'],
  ['values'],
  ['session.ts'],
  ['async'],
  ['health'],
  ['request'],
  ['database', 'throttle'],
  ['records'],
  ['cache'],
  ['redis', 'postgres'],
  ['tokens'],
  ['leaks'],
  ['streams'],
  ['trpc'],
  ['router'],
  ['options'],
  ['durin'],
  ['admin', 'http', 'opentelemetry'],
  ['cli'],
  ['durin.ts'],
  ['testing'],
  ['index.ts', 'password.ts'],
] as const;

/** Files that may import nothing, because the SDK (wire.ts) or the admin page (units.ts) loads them. */
const importNothing = new Set<string>(['src/wire.ts', 'src/values/units.ts']);

/** Files of src/ that the admin page may load, so that units and sentences are not written twice. */
const loadedByAdminPage = new Set<string>([
  'src/values/units.ts',
  'src/values/duration-in-words.ts',
  'src/values/read-only-sentence.ts',
]);

/** The only files that may import this one. */
const onlyImporters: Readonly<Record<string, readonly string[]>> = {
  'src/options/options.ts': ['src/durin.ts', 'src/index.ts'],
  'src/options/options-schema.ts': [
    'src/options/cookie-settings-of.ts',
    'src/options/key-rules-of.ts',
    'src/options/parse-options.ts',
  ],
  'src/options/parse-options.ts': ['src/durin.ts'],
  'src/options/cache-options.ts': ['src/index.ts', 'src/options/options.ts'],
  'src/options/throttle-options.ts': ['src/index.ts', 'src/options/options.ts'],
  'src/options/settings.ts': [
    'src/durin/compose.ts',
    'src/durin/internals.ts',
    'src/durin/compose-database.ts',
    'src/durin/compose-stores.ts',
    'src/options/options-schema.ts',
    'src/options/parse-options.ts',
  ],
  'src/durin/compose.ts': ['src/durin.ts'],
  'src/durin/compose-stores.ts': ['src/durin/compose.ts'],
  'src/durin/compose-database.ts': ['src/durin/compose-stores.ts'],
  'src/index.ts': [],
  'src/admin/index.ts': [],
  'src/http/index.ts': [],
  'src/opentelemetry/index.ts': [],
  'src/database/pglite/index.ts': [],
  'src/redis/index.ts': [],
  'src/postgres/index.ts': [],
  'src/testing/index.ts': [],
};

const vagueNames = /(?:^|\/)(?:utils?|helpers?|common|types|misc|shared|lib)(?:\.tsx?|\/)/;

/** What is wrong with where these files are and what they import, a sentence each. */
export function faultsOf(files: readonly SourceFile[]): string[] {
  return [...files.flatMap((file) => [...faultsOfPlace(file), ...faultsOfImports(file)]), ...cyclesOf(files)];
}

/** The folder of src/ that a file is in, or its own name; `null` for files outside of src/. */
export function placeOf(path: string): string | null {
  const [top, place] = path.split('/');
  return top === 'src' ? (place ?? null) : null;
}

/** The number of the ring that a file is in; -1 where it has none. */
function ringOf(path: string): number {
  const place = placeOf(path);
  return rings.findIndex((places) => places.some((name) => name === place));
}

function isInward(path: string, imported: string): boolean {
  return placeOf(imported) === placeOf(path) || ringOf(imported) < ringOf(path);
}

function faultsOfPlace({ path, imports }: SourceFile): string[] {
  const faults = [];
  if (path.startsWith('src/') && ringOf(path) === -1) faults.push(`${path} has no ring: place its folder in rings`);
  if (vagueNames.test(path)) faults.push(`${path} has a name that tells no subject`);
  if (importNothing.has(path) && imports.length > 0)
    faults.push(`${path} imports ${imports.join(', ')}, but may import nothing`);
  return faults;
}

function faultsOfImports({ path, imports, loads }: SourceFile): string[] {
  const faults = [];
  for (const imported of imports) {
    if (path.startsWith('src/') && imported.startsWith('src/') && !isInward(path, imported))
      faults.push(`${path} imports ${imported}, which is not further in`);
    if (path.startsWith('client/') && imported.startsWith('src/') && imported !== 'src/wire.ts')
      faults.push(`${path} is the SDK's and imports ${imported}, the server's`);
    if (path.startsWith('src/') && imported.startsWith('client/'))
      faults.push(`${path} is the server's and imports ${imported}, the SDK's`);
    if (
      path.startsWith('admin-page/') &&
      imported.startsWith('src/') &&
      loads.includes(imported) &&
      !loadedByAdminPage.has(imported)
    )
      faults.push(`${path} is the admin page's and loads ${imported}, of which it may have the types only`);
    if (!path.startsWith('admin-page/') && imported.startsWith('admin-page/'))
      faults.push(`${path} imports ${imported}, which runs in a page`);
    if (imported.startsWith('@mikro-orm/') && !path.startsWith('src/database/'))
      faults.push(`${path} imports ${imported}, which is for src/database/ alone`);
    if (onlyImporters[imported]?.includes(path) === false) faults.push(`${path} may not import ${imported}`);
  }
  return faults;
}

/** A sentence for each import that closes a circle. */
function cyclesOf(files: readonly SourceFile[]): string[] {
  const importsOf = new Map(files.map(({ path, imports }) => [path, imports]));
  const done = new Set<string>();
  const faults: string[] = [];
  function visit(path: string, way: readonly string[]): void {
    if (way.includes(path)) {
      faults.push(`a circle of imports: ${[...way.slice(way.indexOf(path)), path].join(' -> ')}`);
      return;
    }
    if (done.has(path)) return;
    for (const imported of importsOf.get(path) ?? []) visit(imported, [...way, path]);
    done.add(path);
  }
  for (const { path } of files) visit(path, []);
  return faults;
}
