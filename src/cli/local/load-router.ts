import { basename, resolve } from 'node:path';
import type { AnyTRPCRouter } from '@trpc/server';
import { isRouter } from '../../trpc/policies/policy-of.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { importModule, isFile } from './import-module.ts';

/**
 * Imports a router of the app.
 * @throws CliError with what is wrong with the file or the export
 */
export async function loadRouter(file: string, name: string): Promise<AnyTRPCRouter> {
  const path = resolve(file);
  if (!isFile(path)) {
    const problem = `There is no file ${JSON.stringify(file)}.`;
    throw new CliError(`${problem} Use --router to name the module that exports the router.`, exitCodes.misused);
  }
  const exports = await importModule(path);
  const router = Object.hasOwn(exports, name) ? exports[name] : undefined;
  if (isRouter(router)) return router;

  const problem =
    router === undefined
      ? `${basename(path)} does not export ${name}.`
      : `${name} of ${basename(path)} is not a tRPC router.`;
  const routers = Object.keys(exports)
    .filter((key) => isRouter(exports[key]))
    .toSorted();
  const hint = routers.length === 0 ? 'It exports no router.' : `Its routers are: ${routers.join(', ')}. Use --export.`;
  throw new CliError(`${problem} ${hint}`, exitCodes.misused);
}
