import { existsSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyUserNaming } from '../admin/user-directory.ts';
import { codeOf } from '../database/failures.ts';
import { type Internals, internalsOf } from '../internals.ts';
import { CliFailure, exitCodes, firstLine } from './failure.ts';

/** What a config file exports, as far as the command line uses it. */
export interface CliConfig extends AnyUserNaming {
  readonly access: Internals;
}

const defaults = ['durin.config.ts', 'durin.config.js', 'durin.config.mjs'];

/** Node's codes for TypeScript that it does not run by stripping types. */
const untypable = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_INVALID_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
]);

/**
 * Runs the app's config file, which opens its ORM.
 * @param file `null`: the first of the default names that the working directory has
 * @throws CliFailure saying what is wrong with it
 */
export async function loadConfig(file: string | null): Promise<CliConfig> {
  const path = resolve(file ?? defaults.find((name) => existsSync(name)) ?? defaults[0] ?? '');
  if (!isFile(path)) {
    const what =
      file === null
        ? 'There is no durin.config.ts or durin.config.js here'
        : `There is no file ${JSON.stringify(file)}`;
    throw new CliFailure(`${what}: give the file that exports durin with --config.`, exitCodes.misused);
  }
  const exported = await run(path);
  const access = internalsOf(exported['durin']) ?? internalsOf(exported['default']);
  if (access === null) {
    const hint =
      'durin' in exported || 'default' in exported ? ' If it does, run the trpc-durin of its own project, by npx.' : '';
    throw new CliFailure(`${basename(path)} must export durin, what createDurin gives.${hint}`);
  }
  return { access, ...namingOf(exported, basename(path)) };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

type Exported = Readonly<Record<string, unknown>>;

async function run(path: string): Promise<Exported> {
  try {
    return (await import(pathToFileURL(path).href)) as Exported;
  } catch (error) {
    const isUntypable = untypable.has(codeOf(error) ?? '') || /\.ts'? imported from/.test(firstLine(error));
    const hint = isUntypable
      ? " Node 22.18 and newer run TypeScript whose types can be stripped; for other TypeScript install tsx and set NODE_OPTIONS='--import tsx'."
      : '';
    throw new CliFailure(`${basename(path)} cannot be loaded: ${firstLine(error)}${hint}`);
  }
}

/** `userLabel` and `searchUsers`, as `createDurinAdmin` takes them. */
function namingOf(exported: Exported, file: string): AnyUserNaming {
  const naming: Record<string, unknown> = {};
  for (const name of ['userLabel', 'searchUsers']) {
    if (exported[name] === undefined) continue;
    if (typeof exported[name] !== 'function') throw new CliFailure(`${name} of ${file} must be a function.`);
    naming[name] = exported[name];
  }
  return naming;
}
