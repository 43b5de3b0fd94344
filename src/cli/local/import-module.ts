import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { codeOf } from '../../database/failures.ts';
import { CliError, firstLineOf } from '../cli-error.ts';

export type ModuleExports = Readonly<Record<string, unknown>>;

/** Node's error codes for TypeScript that it cannot run by stripping the types. */
const typeStrippingErrors = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_INVALID_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
]);

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/**
 * Imports a module of the app, in JavaScript or TypeScript.
 * @throws CliError with why it cannot be loaded
 */
export async function importModule(path: string): Promise<ModuleExports> {
  try {
    return (await import(pathToFileURL(path).href)) as ModuleExports;
  } catch (error) {
    const isTypeStripping =
      typeStrippingErrors.has(codeOf(error) ?? '') || /\.ts'? imported from/.test(firstLineOf(error));
    const hint = isTypeStripping
      ? " Node 22.18 and newer run TypeScript whose types can be stripped. For other TypeScript, install tsx and set NODE_OPTIONS='--import tsx'."
      : '';
    throw new CliError(`${basename(path)} cannot be loaded: ${firstLineOf(error)}${hint}`);
  }
}
