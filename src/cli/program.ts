import { Command, CommanderError } from 'commander';
import { withTimeout } from '../async/with-timeout.ts';
import type { Internals } from '../internals.ts';
import { createAdminCaller } from './admin-caller.ts';
import { addClientCommands } from './client-commands.ts';
import type { Answer, Tools } from './command.ts';
import { describeFailure, type ExitCode, exitCodes } from './failure.ts';
import { loadConfig } from './load-config.ts';
import type { Terminal } from './terminal.ts';
import { addTokenCommands } from './token-commands.ts';

const examples = `
Examples:
  trpc-durin --config durin.config.ts create-client web --token-ttl 14d --throttle-rate 100/h
  trpc-durin list-tokens --client web --state valid
  trpc-durin issue-token alice cli --ttl 1h

The config is the app's own module that exports its durin; what it needs of the environment has to be there, as for
the app. Exit codes: 0 done, 1 failed, 2 not understood.`;

/** The app's audit may be a listener that writes somewhere: it is waited for, but not for ever. */
const listenersMs = 10_000;

/** Reads the command line, does what it says, and gives the exit code. */
export async function runProgram(args: readonly string[], terminal: Terminal, version: string): Promise<ExitCode> {
  try {
    await createProgram(terminal, version).parseAsync(args, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.misused; // it has told
    const { line, exitCode } = describeFailure(error);
    terminal.printError(`error: ${line}`);
    return exitCode;
  }
}

function createProgram(terminal: Terminal, version: string): Command {
  const program = new Command('trpc-durin')
    .description('API clients and tokens of an app that uses trpc-durin')
    .version(version)
    .option('--config <file>', 'the module that exports durin (default: durin.config.ts or durin.config.js)')
    .option('--json', 'answer in JSON')
    .addHelpText('after', examples)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.printError(text.trimEnd()),
      outputError: (text, write) => write(text.trim().replaceAll(/\s*\n\s*/g, ' ')),
    });

  async function run(work: (tools: Tools) => Promise<Answer>): Promise<void> {
    const { config, json } = program.opts<{ config?: string; json?: boolean }>();
    const loaded = await loadConfig(config ?? null);
    try {
      const answer = await work({ admin: createAdminCaller(loaded), terminal });
      terminal.print(json ? JSON.stringify(answer.json, null, 2) : answer.text);
    } catch (error) {
      await finish(loaded.access).catch(() => {}); // what the command failed with says more
      throw error;
    }
    await finish(loaded.access);
  }

  addClientCommands(program, run);
  addTokenCommands(program, run);
  return program;
}

async function finish({ eventsSettled, close, closeDatabase }: Internals): Promise<void> {
  try {
    await withTimeout(eventsSettled, { timeoutMs: listenersMs, service: 'A listener of events' });
  } finally {
    try {
      await close();
    } finally {
      await closeDatabase();
    }
  }
}
