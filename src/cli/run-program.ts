import { CommanderError, Command as Program } from 'commander';
import { withTimeout } from '../async/with-timeout.ts';
import type { Internals } from '../durin/internals.ts';
import { createAdminCaller } from './admin-caller.ts';
import { addAuditCommands } from './audit-commands.ts';
import { describeError, type ExitCode, exitCodes } from './cli-error.ts';
import { addClientCommands } from './client-commands.ts';
import type { Command } from './command.ts';
import { addKeyCommands } from './key-commands.ts';
import { loadConfig } from './load-config.ts';
import { addPolicyCommand } from './policy-command.ts';
import { type Terminal, toPrintableJson } from './terminal.ts';
import { addTokenCommands } from './token-commands.ts';

const examples = `
Examples:
  trpc-durin --config durin.config.ts create-client web --token-ttl 14d --throttle-rate 100/h
  trpc-durin update-client web --max-sessions 5 --idle-ttl 3d --max-lifetime 90d
  trpc-durin list-tokens --client web --state valid
  trpc-durin issue-token alice cli --ttl 1h
  trpc-durin keys --unused-for 90d
  trpc-durin policy --router src/router.ts
  trpc-durin audit list --user alice

The config file is a module of the app that exports its durin. It needs the same environment variables as the app.
Exit codes: 0 success, 1 error, 2 invalid usage.`;

/** How long to wait for event listeners, such as one that writes an audit log. */
const listenersTimeoutMs = 10_000;

/** Runs the command that the arguments name, and returns the exit code. */
export async function runProgram(args: readonly string[], terminal: Terminal, version: string): Promise<ExitCode> {
  try {
    await createProgram(terminal, version).parseAsync(args, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.misused; // already printed
    const { line, exitCode } = describeError(error);
    terminal.printError(`error: ${line}`);
    return exitCode;
  }
}

function createProgram(terminal: Terminal, version: string): Program {
  const program = new Program('trpc-durin')
    .description('Manage the API clients and tokens of an app that uses trpc-durin')
    .version(version)
    .option('--config <file>', 'the module that exports durin (default: durin.config.ts or durin.config.js)')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.printError(text.trimEnd()),
      outputError: (text, write) => write(text.trim().replaceAll(/\s*\n\s*/g, ' ')),
    });

  async function run(command: Command): Promise<void> {
    const { config, json } = program.opts<{ config?: string; json?: boolean }>();
    const cliConfig = await loadConfig(config ?? null);
    try {
      const result = await command({
        admin: createAdminCaller(cliConfig),
        policyOf: cliConfig.internals.policyOf,
        now: cliConfig.internals.now,
        terminal,
      });
      terminal.print(json ? toPrintableJson(result.json) : result.text);
    } catch (error) {
      await close(cliConfig.internals).catch(() => {}); // the command's own error is more useful
      throw error;
    }
    await close(cliConfig.internals);
  }

  addClientCommands(program, run);
  addTokenCommands(program, run);
  addKeyCommands(program, run);
  addPolicyCommand(program, run);
  addAuditCommands(program, run);
  return program;
}

/** Waits for event listeners, then closes durin and the app's ORM. */
async function close({ eventsSettled, close: closeDurin, closeDatabase }: Internals): Promise<void> {
  try {
    await withTimeout(eventsSettled, { timeoutMs: listenersTimeoutMs, service: 'An event listener' });
  } finally {
    try {
      await closeDurin();
    } finally {
      await closeDatabase();
    }
  }
}
