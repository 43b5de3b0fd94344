import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blocks } from '../../docs/readme.ts';
import { project, startProgram } from './program.ts';

const samples = ['ts', 'tsx']
  .flatMap((language) => blocks(language, 'docs/client-sdk.md'))
  .map(({ label, code }) => ({ file: label.replace('file=', ''), code }));

/** The server is the README's, which tells the user's name to pages. */
const server = blocks('ts')
  .map(({ label, code }) => ({ file: label.replace('file=', ''), code }))
  .filter(({ file }) => ['entities.ts', 'auth.ts', 'router.ts'].includes(file))
  .map(({ file, code }) => ({
    file,
    code: code.replace(
      'verifyCredentials:',
      'serializeUser: ({ username }) => ({ name: username }),\n  verifyCredentials:',
    ),
  }));

/** What React Native's package says of itself, as far as it is used: it is not installed here. */
const asyncStorage = `declare module '@react-native-async-storage/async-storage' {
  const AsyncStorage: {
    getItem(key: string): Promise<string | null>;
    setItem(key: string, value: string): Promise<void>;
    removeItem(key: string): Promise<void>;
  };
  export default AsyncStorage;
}
`;

let app: string;
beforeAll(async () => {
  await mkdir(join(project, '.data'), { recursive: true });
  app = await mkdtemp(join(project, '.data', 'client-docs-'));
  for (const { file, code } of [...server, ...samples]) await writeFile(join(app, file), code);
  await writeFile(join(app, 'async-storage.d.ts'), asyncStorage);
});
afterAll(() => rm(app, { recursive: true, force: true }));

/** What the compiler says of the folder. */
async function compile(): Promise<string> {
  const modules = { target: 'es2023', module: 'nodenext', types: ['node'], allowImportingTsExtensions: true };
  const rules = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
  const page = { lib: ['es2024', 'esnext.disposable', 'dom'], jsx: 'react-jsx', noEmit: true, skipLibCheck: true };
  const compilerOptions = { ...modules, ...rules, ...page, verbatimModuleSyntax: true };
  await writeFile(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts', '*.tsx'] }));
  const tsc = join(project, 'node_modules', 'typescript', 'bin', 'tsc');
  const { output } = await startProgram([tsc, '-p', app], {}).ended;
  return output.replaceAll(/^.*\//gm, '');
}

test('every sample of docs/client-sdk.md has a file name of its own, and compiles in a strict project', async () => {
  const files = samples.map(({ file }) => file);
  for (const file of files) expect(file).toMatch(/^[a-z-]+\.tsx?$/);
  expect(new Set(files).size).toBe(files.length);
  await writeFile(join(app, 'wrong.ts'), "import { auth } from './client.ts';\nawait auth.loggin();\n");
  expect(await compile()).toMatch(/^wrong\.ts\(2,12\): error TS\d+: Property 'loggin' does not exist .*\n$/);
});
