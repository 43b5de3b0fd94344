import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../../..');
const bin = join(root, 'node_modules/.bin');

/** How a command ended, and all that it printed. */
export interface Run {
  readonly code: number;
  readonly output: string;
}

/** The package as npm would publish it, and a project that has installed it, in a folder of their own. */
export interface Packed {
  readonly tarball: string;
  /** The paths of its files. */
  readonly files: readonly string[];
  /** The folder of the project. */
  readonly app: string;
  readonly run: typeof run;
  remove(): Promise<void>;
}

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** Packs the package, and installs it in a project of its own. */
export async function packAndInstall(): Promise<Packed> {
  const folder = await mkdtemp(join(tmpdir(), 'durin-pack-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    return { ...(await packIn(folder)), run, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function packIn(folder: string): Promise<Omit<Packed, 'run' | 'remove'>> {
  const { tarball, files } = await pack(folder);
  const app = join(folder, 'app');
  await cp(join(import.meta.dirname, 'pack'), app, { recursive: true });
  await writeFile(join(app, 'package.json'), JSON.stringify(await projectOf(tarball)));
  const install = await run('npm', ['install'], app);
  if (install.code !== 0) throw new Error(install.output);
  return { tarball, files, app };
}

/** Packs what `npm run build` has built into this folder, as npm would publish it. */
export async function pack(folder: string): Promise<Pick<Packed, 'tarball' | 'files'>> {
  const packing = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root);
  if (packing.code !== 0) throw new Error(packing.output);
  const [{ filename, files }] = JSON.parse(packing.output.slice(packing.output.search(/^\[/m))) as [
    { filename: string; files: { path: string }[] },
  ];
  return { tarball: join(folder, filename), files: files.map(({ path }) => path) };
}

/** A project with the package, its peers, a driver, and the oldest and the newest compiler that are supported. */
async function projectOf(tarball: string) {
  const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;
  const own = [
    '@mikro-orm/core',
    '@mikro-orm/pglite',
    '@trpc/client',
    '@trpc/server',
    '@types/node',
    '@types/react',
    '@types/react-dom',
    'react',
    'react-dom',
    'superjson',
    'zod',
  ];
  return {
    private: true,
    type: 'module',
    dependencies: {
      'trpc-durin': `file:${tarball}`,
      ...Object.fromEntries(own.map((name) => [name, devDependencies[name]])),
      typescript: devDependencies['typescript'],
      'typescript-5.9': 'npm:typescript@~5.9.0',
    },
  };
}

/** The folders in which a project has a package, one for each copy that npm installed. */
export async function copiesOf(name: string, project: string): Promise<string[]> {
  const { output } = await run('npm', ['ls', name, '--all', '--parseable'], project);
  return output.split('\n').filter((line) => line.endsWith(`/node_modules/${name}`));
}

/** npm asks the registry only for what it has not installed before. */
const npmSettings = { npm_config_loglevel: 'error', npm_config_prefer_offline: 'true', npm_config_audit: 'false' };

/** Runs a command to its end. Frameworks send nothing about it. */
export async function run(command: string, args: readonly string[], cwd: string): Promise<Run> {
  const { NODE_ENV: _, ...own } = process.env; // Vitest's, in which React would be built for tests
  const quiet = { NO_COLOR: '1', NEXT_TELEMETRY_DISABLED: '1' };
  const env = { ...own, PATH: `${bin}:${process.env['PATH']}`, ...quiet, ...npmSettings };
  try {
    const { stdout } = await promisify(execFile)(command, args, { cwd, env, maxBuffer: 1e8 });
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: code ?? 1, output: stdout + stderr };
  }
}
