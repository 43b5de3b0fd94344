#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { describeError, exitCodes } from './cli-error.ts';
import { runProgram } from './run-program.ts';
import { createTerminal } from './terminal.ts';

const terminal = createTerminal(process);

// Errors outside of the command, such as those of the app's connections, are printed in one line as well.
process.once('uncaughtException', (error) => {
  terminal.printError(`error: ${describeError(error).line}`);
  process.exit(exitCodes.failed);
});
// Without this, Node would exit with 13 and print the source of the pending await.
process.once('beforeExit', () => {
  terminal.printError('error: The command waits for a promise that never settles. It may be one of the config file.');
  process.exit(exitCodes.failed);
});
process.stdout.once('error', () => process.exit(exitCodes.done)); // the reader, such as head, closed the pipe

const exitCode = await runProgram(process.argv.slice(2), terminal, await readVersion('../../../package.json'));
// The app's config may keep other handles open, so exit explicitly, after the output is flushed.
process.stdout.write('', () => process.exit(exitCode));

async function readVersion(path: string): Promise<string> {
  const manifest = JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8')) as { readonly version: string };
  return manifest.version;
}
