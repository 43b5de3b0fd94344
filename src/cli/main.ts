#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { describeFailure, exitCodes } from './failure.ts';
import { runProgram } from './program.ts';
import { createTerminal } from './terminal.ts';

const terminal = createTerminal(process);

// What fails beside the command, such as a connection of the app's: in one line as well.
process.once('uncaughtException', (error) => {
  terminal.printError(`error: ${describeFailure(error).line}`);
  process.exit(exitCodes.failed);
});
// Node would exit with 13, and show where this waits.
process.once('beforeExit', () => {
  terminal.printError("error: It waits for a promise that nothing settles any more, such as one of the config's.");
  process.exit(exitCodes.failed);
});
process.stdout.once('error', () => process.exit(exitCodes.done)); // whoever reads has enough, such as head

const exitCode = await runProgram(process.argv.slice(2), terminal, await versionOf('../../../package.json'));
// The app's config may hold more open than its durin and its ORM: so the end is not left to chance, once all is written.
process.stdout.write('', () => process.exit(exitCode));

async function versionOf(path: string): Promise<string> {
  const manifest = JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8')) as { readonly version: string };
  return manifest.version;
}
