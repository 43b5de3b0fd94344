import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { AnyUserNaming } from '../../admin/user-directory.ts';
import { type Internals, internalsOf } from '../../durin/internals.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { importModule, isFile, type ModuleExports } from './import-module.ts';

/** What the command line uses of a config file. */
export interface CliConfig extends AnyUserNaming {
  readonly internals: Internals;
}

const defaultFiles = ['durin.config.ts', 'durin.config.js', 'durin.config.mjs'];

/**
 * Imports the app's config file, which opens its ORM.
 * @param file `null`: the first default name that exists in the working directory
 * @throws CliError with what is wrong with the file
 */
export async function loadConfig(file: string | null): Promise<CliConfig> {
  const path = resolve(file ?? defaultFiles.find((name) => existsSync(name)) ?? defaultFiles[0] ?? '');
  if (!isFile(path)) {
    const problem =
      file === null
        ? 'There is no durin.config.ts or durin.config.js here.'
        : `There is no file ${JSON.stringify(file)}.`;
    throw new CliError(`${problem} Use --config to name the file that exports durin.`, exitCodes.misused);
  }
  const exports = await importModule(path);
  const internals = internalsOf(exports['durin']) ?? internalsOf(exports['default']);
  if (internals === null) {
    const isCandidate = Object.hasOwn(exports, 'durin') || Object.hasOwn(exports, 'default');
    const hint = isCandidate ? " If it does, run the trpc-durin of the app's own node_modules, with npx." : '';
    throw new CliError(`${basename(path)} must export durin, the object that createDurin returns.${hint}`);
  }
  return { internals, ...namingOf(exports, basename(path)) };
}

/** `userLabel` and `searchUsers`, with the same meaning as in `createDurinAdmin`. */
function namingOf(exports: ModuleExports, file: string): AnyUserNaming {
  const { userLabel, searchUsers } = exports;
  return {
    userLabel: functionOrUndefined(userLabel, 'userLabel', file),
    searchUsers: functionOrUndefined(searchUsers, 'searchUsers', file),
  };
}

function functionOrUndefined(value: unknown, name: string, file: string): ((argument: unknown) => unknown) | undefined {
  if (value === undefined || isFunction(value)) return value;
  throw new CliError(`${name} of ${file} must be a function.`);
}

function isFunction(value: unknown): value is (argument: unknown) => unknown {
  return typeof value === 'function';
}
