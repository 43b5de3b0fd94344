import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listFiles, readPackageJson } from '../../project/source-files.ts';
import { copiesOf, type Packed, packAndInstall, type Run } from './packed.ts';

let packed: Packed;
beforeAll(async () => {
  packed = await packAndInstall();
});
afterAll(() => packed?.remove());

const installed = (path: string) => join(packed.app, 'node_modules/trpc-durin', path);

test('the tarball holds the build, the documents, and nothing else', () => {
  const { files } = packed;
  expect(files).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']));
  const built =
    /^dist\/(?:(?:src|client)\/[\w/-]+\.(?:js|d\.ts)|admin-page\/(?:index\.html|third-party-licenses\.md|assets\/[\w-]+\.(?:js|css|svg)))$/;
  const docs = listFiles(['docs']);
  const others = files.filter((path) => !built.test(path) && !docs.includes(path));
  expect(others.toSorted()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'llms.txt', 'package.json']);
  expect(docs.filter((path) => !files.includes(path))).toEqual([]);
  expect(files.filter((path) => /(?:^|\/)(?:test|bench|examples?)\/|\.test\./.test(path))).toEqual([]);
});

test('npm builds the package before it packs it', () => {
  expect(readPackageJson().scripts['prepack']).toBe('npm run build');
});

test('the tarball is small enough to be installed everywhere', async () => {
  const { size } = await stat(packed.tarball);
  console.log(`the tarball has ${size} bytes`);
  expect(size).toBeLessThan(1_400_000);
});

test('the admin page is in the package', async () => {
  const { code, output } = await packed.run(process.execPath, ['page.ts'], packed.app);
  expect(output).toMatch(
    /^200 text\/html; charset=utf-8\n(?:200 (?:text\/javascript|text\/css|image\/svg\+xml)\b.*\n){3,}$/,
  );
  expect(code).toBe(0);
});

test('the package includes the licences of the packages in the admin page', async () => {
  const licenses = await readFile(installed('dist/admin-page/third-party-licenses.md'), 'utf8');
  const sections = new Map(licenses.split(/^## /m).map((section) => [/^\S+/.exec(section)?.[0], section]));
  for (const name of ['react', '@mui/material', 'react-admin'])
    expect(sections.get(name)).toContain('Permission is hereby granted, free of charge');
});

test('every export has its files, and no export is a pattern', async () => {
  const { exports } = readPackageJson();
  expect(Object.keys(exports).join(' ')).not.toContain('*');
  const targets = Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target).filter((path) => path !== null),
  );
  for (const target of targets) expect(await stat(installed(target))).toHaveProperty('size', expect.any(Number));
});

test('publint and are-the-types-wrong find nothing', async () => {
  const { run, tarball, app } = packed;
  expect(await run('publint', ['--strict', tarball], app)).toMatchObject({ code: 0 });
  expect(await run('attw', ['--profile', 'esm-only', tarball], app)).toMatchObject({ code: 0 });
});

const strict = { target: 'es2023', types: ['node'], strict: true, verbatimModuleSyntax: true };
const written = { declaration: true, rewriteRelativeImportExtensions: true, rootDir: '.', outDir: 'out' };

/** How users set up their compilers. */
const setups = {
  nodenext: { ...strict, ...written, module: 'nodenext' },
  bundler: { ...strict, ...written, module: 'esnext', moduleResolution: 'bundler' },
};

/** @param skipLibCheck whether not to check the declaration files themselves */
async function compile(compiler: string, setup: keyof typeof setups, skipLibCheck = false) {
  const { run, app } = packed;
  const config = { compilerOptions: { ...setups[setup], skipLibCheck }, include: ['*.ts'] };
  await writeFile(join(app, `tsconfig.${setup}.json`), JSON.stringify(config));
  return run(process.execPath, [`node_modules/${compiler}/bin/tsc`, '-p', `tsconfig.${setup}.json`], app);
}

/** With `skipLibCheck: false` PGlite and pg have faults of their own. */
function faultsOf({ output }: Run): string[] {
  return output.split('\n').filter((line) => /\S/.test(line) && !/^(?:\s|node_modules\/(?!trpc-durin\/))/.test(line));
}

for (const compiler of ['typescript', 'typescript-5.9']) {
  for (const setup of ['nodenext', 'bundler'] as const) {
    test(`with ${compiler} and ${setup}, an app compiles and names its exports`, async () => {
      // The old compiler takes longest, and with nodenext it has checked the declarations already.
      const skips = compiler === 'typescript-5.9' && setup === 'bundler';
      expect(faultsOf(await compile(compiler, setup, skips))).toEqual([]);
    });
  }
}

test('the declarations of an app are short and have no any of ours', async () => {
  await compile('typescript', 'nodenext');
  for (const [name, longest] of [
    ['auth', 41_000],
    ['router', 3500],
  ] as const) {
    const declaration = await readFile(join(packed.app, `out/${name}.d.ts`), 'utf8');
    expect(declaration.replaceAll('PropertyOptions<any>', '')).not.toMatch(/\bany\b/); // that is MikroORM's
    console.log(`${name}.d.ts of an app: ${declaration.length} bytes`);
    expect(declaration.length).toBeLessThanOrEqual(longest);
  }
});

test('a mistake in the app is still found', async () => {
  const mistake = join(packed.app, 'mistake.ts');
  await writeFile(
    mistake,
    "import { clientProcedure } from './auth.ts';\nexport const p = clientProcedure(['wbe']);\n",
  );
  const { code, output } = await compile('typescript', 'nodenext');
  await writeFile(mistake, 'export {};\n');
  expect(code).not.toBe(0);
  expect(output).toContain('"wbe"');
});

test('the app runs: a user logs in, calls guarded procedures, and logs out', async () => {
  const { code, output } = await packed.run(process.execPath, ['main.ts'], packed.app);
  expect(output.trim().split('\n')).toEqual([
    'without a token: NO_CREDENTIALS',
    'logged in: alice true',
    'me: {"user":{"id":1,"username":"alice","team":{"id":1,"name":"Blue"}},"client":"web"}',
    'report: Blue - publish: web',
    'route: 200 {"name":"alice","client":"web"}',
    'after logout: INVALID_TOKEN',
  ]);
  expect(code).toBe(0);
});

test('an app with React renders the hooks, with the one copy that it has', async () => {
  const { run, app } = packed;
  expect(await copiesOf('react', app)).toEqual([join(app, 'node_modules/react')]);
  expect(await run(process.execPath, ['greeting.ts'], app)).toEqual({ code: 0, output: '<p>signed-out</p>\n' });
});

test('the app tests itself, and a build for production finds no test kit', async () => {
  const { run, app } = packed;
  expect(await run(process.execPath, ['--test', 'acting.ts'], app)).toMatchObject({
    code: 0,
    output: expect.stringContaining('pass 1') as string,
  });
  const forProduction = await run(process.execPath, ['--conditions=production', 'acting.ts'], app);
  expect(forProduction.output).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
});

test('the command line is there, without a config it says what it needs', async () => {
  const { run, app } = packed;
  const manifest = readPackageJson();
  const version = await run('node_modules/.bin/trpc-durin', ['--version'], app);
  expect(version).toEqual({ code: 0, output: `${manifest.version}\n` });
  expect(await run('node_modules/.bin/trpc-durin', ['list-clients'], app)).toEqual({
    code: 2,
    output: expect.stringContaining('There is no durin.config.ts') as string,
  });
});

test('the declarations of the package stay small', async () => {
  const paths = packed.files.filter((path) => path.endsWith('.d.ts'));
  const sizes = await Promise.all(paths.map(async (path) => (await stat(installed(path))).size));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`${paths.length} declarations, ${total} bytes`);
  expect(total).toBeLessThan(700_000); // two thirds of it are doc comments, which editors show
});
