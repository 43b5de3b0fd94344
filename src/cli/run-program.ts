import { CommanderError, Option, Command as Program } from 'commander';
import { codeOf } from '../database/failures.ts';
import { addAuditCommands } from './audit-commands.ts';
import { CliError, describeError, type ExitCode, exitCodes } from './cli-error.ts';
import { addClientCommands } from './client-commands.ts';
import type { Command, OpenedAdmin } from './command.ts';
import { addDoctorCommand } from './doctor/doctor-command.ts';
import { addKeyCommands } from './key-commands.ts';
import { addPolicyCommand } from './policy-command.ts';
import { readToken } from './remote/read-token.ts';
import { parseServerAddress } from './remote/server-address.ts';
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
  trpc-durin --url https://example.org/admin --token-file token.txt list-clients

The config file is a module of the app that exports its durin. It needs the same environment variables as the app. With --url,
commands call a running server instead, with the token of an admin.
Exit codes: 0 success, 1 error, 2 invalid usage.`;

/** The options that go with every command. */
interface GlobalFlags {
  readonly config?: string;
  readonly json?: boolean;
  readonly url?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly insecure?: boolean;
}

/** Runs the command that the arguments name, and returns the exit code. */
export async function runProgram(args: readonly string[], terminal: Terminal, version: string): Promise<ExitCode> {
  try {
    let exitCode: ExitCode = exitCodes.done;
    const program = createProgram(terminal, version, (code) => {
      exitCode = code;
    });
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.misused; // already printed
    const { line, exitCode } = describeError(error);
    terminal.printError(`error: ${line}`);
    return exitCode;
  }
}

/** The commands and their options. `onExitCode` is called after a command has run. */
export function createProgram(terminal: Terminal, version: string, onExitCode: (code: ExitCode) => void): Program {
  const program = new Program('trpc-durin')
    .description('Manage the API clients and tokens of an app that uses trpc-durin')
    .version(version)
    .option('--config <file>', 'the module that exports durin (default: durin.config.ts or durin.config.js)')
    .addOption(new Option('--url <url>', 'the admin page of a running server, which commands call').env('DURIN_URL'))
    .addOption(
      new Option('--token <token>', 'the token of an admin, for --url; other users can see arguments').env(
        'DURIN_TOKEN',
      ),
    )
    .option('--token-file <file>', 'the file with the token, for --url')
    .option('--insecure', 'send the token unencrypted, over http:')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.printError(text.trimEnd()),
      outputError: (text, write) => write(text.trim().replaceAll(/\s*\n\s*/g, ' ')),
    });

  /** What opens an app loads the ORM, which a machine without the app may lack. */
  async function open(): Promise<OpenedAdmin> {
    const { config = null, url, token, tokenFile, insecure = false } = program.opts<GlobalFlags>();
    if (url === undefined || (config !== null && program.getOptionValueSource('url') === 'env')) {
      const { openApp } = await import('./local/open-app.ts');
      return openApp(config);
    }
    if (config !== null) throw new CliError('Pass --config or --url, not both.', exitCodes.misused);
    const address = parseServerAddress(url, insecure);
    const isTyped = program.getOptionValueSource('token') === 'cli';
    const openServer = await importOpenServer();
    return openServer(address, await readToken({ token, isTyped, tokenFile }, terminal));
  }

  async function run(command: Command): Promise<void> {
    const { close, ...opened } = await open();
    try {
      const result = await command({ ...opened, terminal });
      terminal.print(program.opts<GlobalFlags>().json ? toPrintableJson(result.json) : result.text);
      onExitCode(result.exitCode ?? exitCodes.done);
    } catch (error) {
      await close().catch(() => {}); // the command's own error is more useful
      throw error;
    }
    await close();
  }

  addClientCommands(program, run);
  addTokenCommands(program, run);
  addKeyCommands(program, run);
  addPolicyCommand(program, run);
  addDoctorCommand(program, run);
  addAuditCommands(program, run);
  return program;
}

/** @throws CliError if `@trpc/client` is not installed */
async function importOpenServer() {
  try {
    const { openServer } = await import('./remote/open-server.ts');
    return openServer;
  } catch (error) {
    if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new CliError('--url needs the package @trpc/client: install it.');
  }
}
