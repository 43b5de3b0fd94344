import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPackageJson } from '../project/source-files.ts';

const root = join(import.meta.dirname, '../..');
const cases = join(import.meta.dirname, 'cases');

/** A folder with the declarations that users get, and the cases as if a user had written them. */
let folder: string;

beforeAll(async () => {
  const cache = join(root, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(join(cache, 'declarations-'));
  await runTsc('-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', join(folder, 'dist'));
  await cp(cases, join(folder, 'cases'), { recursive: true });
  for (const name of globSync('**/*.ts', { cwd: cases })) {
    const text = await readFile(join(cases, name), 'utf8');
    const rewritten = text.replaceAll(/'\.\.\/\.\.\/((?:\.\.\/)+)(src|client)\//g, "'$1dist/$2/");
    await writeFile(join(folder, 'cases', name), rewritten);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function runTsc(...flags: string[]): Promise<string> {
  const tsc = join(root, 'node_modules/.bin/tsc');
  try {
    const { stdout } = await promisify(execFile)(tsc, flags, { cwd: root });
    return stdout;
  } catch (error) {
    const output = (error as { stdout?: string }).stdout;
    return output || String(error);
  }
}

function declarations(): string[] {
  return globSync('dist/**/*.d.ts', { cwd: folder });
}

async function codeOf(path: string): Promise<string> {
  const text = await readFile(join(folder, path), 'utf8');
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/\/\/.*$/gm, '');
}

test('no declaration says any', async () => {
  expect(declarations().length).toBeGreaterThan(40);
  const found = [];
  for (const path of declarations()) if (/\bany\b/.test(await codeOf(path))) found.push(path);
  expect(found).toEqual([]);
});

test('every import of a declaration is found, because it would be any', async () => {
  const known = new Set(declarations());
  for (const path of declarations()) {
    const imported = [...(await codeOf(path)).matchAll(/(?:from|import\()\s*['"](\.[^'"]+)['"]/g)].map(
      ([, name]) => name,
    );
    for (const name of imported) {
      const target = join(dirname(path), name ?? '').replace(/\.[jt]sx?$/, '.d.ts');
      expect(known.has(target), `${path} imports ${name}`).toBe(true);
    }
  }
});

test('every type that an entry point exports is looked into', async () => {
  const lookedInto = await readFile(join(cases, 'nothing-is-any.ts'), 'utf8');
  const checked = new Set([...lookedInto.matchAll(/^ {2}(\w+): /gm)].map(([, name]) => name));
  const entries = Object.values(readPackageJson().exports).flatMap((target) =>
    typeof target === 'string' ? [] : [target.types],
  );
  const missing = [];
  for (const entry of entries) {
    const code = await codeOf(entry);
    if (!lookedInto.includes(sourceOf(entry))) missing.push(entry);
    missing.push(...typeNamesOf(code).filter((name) => !checked.has(name)));
  }
  expect(missing).toEqual([]);
});

/** `./dist/src/index.d.ts` is made of `src/index.ts`. */
function sourceOf(entry: string): string {
  return entry.replace(/^\.\/dist\//, '').replace(/\.d\.ts$/, '.ts');
}

function typeNamesOf(code: string): string[] {
  const listed = [...code.matchAll(/^export type \{([^}]*)\}/gm)].flatMap(([, names = '']) => names.split(','));
  const declared = [...code.matchAll(/^export (?:declare )?(?:interface|type) (\w+)/gm)].map(([, name = '']) => name);
  const names = listed.map((name) => name.trim().split(' as ').at(-1) ?? '').filter((name) => name !== '');
  return [...names, ...declared];
}

test("the declarations of an app's router take at most 3.5 kB", async () => {
  await mkdir(join(folder, 'app'), { recursive: true });
  await writeFile(join(folder, 'app/router.ts'), appRouter);
  const outDir = join(folder, 'app/dist');
  const compilerOptions = { noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: '..', outDir };
  const project = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['router.ts'], exclude: [] };
  await writeFile(join(folder, 'app/tsconfig.json'), JSON.stringify(project));
  expect(await runTsc('-p', join(folder, 'app'))).toBe('');
  const declaration = await readFile(join(outDir, 'app/router.d.ts'), 'utf8');
  expect(declaration).toContain('pay:');
  expect(declaration.length).toBeLessThanOrEqual(3500);
});

/** An app with scopes, whose procedures use each kind of builder. */
const appRouter = `
import { initTRPC } from '@trpc/server';
import { createDurin, type DurinContext } from '../dist/src/index.ts';
import { required } from '../cases/app.ts';

const durin = createDurin({
  ...required,
  scopes: ['reports:read', 'reports:write', 'billing'],
  clients: { web: { tokenTtl: '14d' }, cli: { scopes: ['billing'] } },
  scopesOf: () => 'all',
});
const t = initTRPC.context<DurinContext>().create();
export const appRouter = t.router({
  auth: durin.durinRouter,
  me: durin.authedProcedure.query(({ ctx }) => ctx.user.username),
  list: durin.scopedProcedure(['reports:read']).query(() => ['a report']),
  pay: durin.guardedProcedure({ clients: ['web'], scopes: ['billing'], fresh: '10m' }).mutation(() => 'paid'),
});
`;

test('the declarations accept and refuse what the source does', async () => {
  const project = { extends: join(root, 'tsconfig.json'), include: ['cases'], exclude: [] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(project));
  expect(await runTsc('-p', folder)).toBe('');

  await writeFile(join(folder, 'cases/wrong.ts'), "import { nothing } from '../dist/src/index.ts';");
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ ...project, include: ['cases/wrong.ts'] }));
  expect(await runTsc('-p', folder)).toContain("has no exported member 'nothing'");
});
