import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pack, type Run, run } from '../package/packed.ts';
import { type Program, project, startBinary, startProgram } from '../programs/program.ts';

const isSource = (path: string) => !/^(?:node_modules|dist|\.data|\.next|.*\.tgz)$/.test(basename(path));

/** An example outside of the repository, installed with the package as npm would publish it. */
export interface CopiedExample {
  readonly folder: string;
  /** Runs one of its scripts to the end. */
  npmRun(script: string, ...args: string[]): Promise<Run>;
  /** Starts a command of its packages: `node` is this Node, and other names are binaries in node_modules. */
  start(command: string, args: readonly string[], env?: Record<string, string>): Program;
  remove(): Promise<void>;
}

interface CopyOptions {
  /** A copy to put this one beside; that one also removes it. Default: it is in a folder of its own. */
  readonly beside?: CopiedExample;
  /** What to install besides, such as `redis@6`. Default: nothing. */
  readonly packages?: readonly string[];
}

/** @param name of the folder in examples/ */
export async function copyExample(name: string, { beside, packages = [] }: CopyOptions = {}): Promise<CopiedExample> {
  const root = beside ? dirname(beside.folder) : await mkdtemp(join(tmpdir(), `durin-${name}-`));
  const remove = () => rm(root, { recursive: true, force: true });
  const folder = join(root, name);
  try {
    const [{ tarball }] = await Promise.all([
      pack(root),
      cp(join(project, 'examples', name), folder, { recursive: true, filter: isSource }),
    ]);
    const install = await run('npm', ['install', '--no-save', tarball, ...packages], folder);
    if (install.code !== 0) throw new Error(install.output);
  } catch (error) {
    await remove();
    throw error;
  }
  return exampleIn(folder, remove);
}

/** The same, installed by what `npm run example` runs after the build, which then runs a script of it. */
export async function runExample(name: string, script: string): Promise<[CopiedExample, Run]> {
  const root = await mkdtemp(join(tmpdir(), `durin-${name}-`));
  const remove = () => rm(root, { recursive: true, force: true });
  try {
    for (const path of ['package.json', 'dist', 'examples/start.ts', `examples/${name}`]) {
      const filter = (source: string) => path === 'dist' || isSource(source);
      await mkdir(dirname(join(root, path)), { recursive: true });
      await cp(join(project, path), join(root, path), { recursive: true, filter });
    }
    const started = await run('npm', ['exec', '--call', `node examples/start.ts ${name} ${script}`], root);
    return [exampleIn(join(root, 'examples', name), remove), started];
  } catch (error) {
    await remove();
    throw error;
  }
}

function exampleIn(folder: string, remove: () => Promise<void>): CopiedExample {
  return {
    folder,
    npmRun: (script, ...args) => run('npm', ['run', '--silent', script, '--', ...args], folder),
    start: (command, args, env = {}) =>
      command === 'node'
        ? startProgram(args, env, folder)
        : startBinary(join(folder, 'node_modules', '.bin', command), args, env, folder),
    remove,
  };
}
