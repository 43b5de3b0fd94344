import { CommanderError, Command as Program } from 'commander';
import { createAdminCaller } from '../../../src/cli/admin-caller.ts';
import { addAuditCommands } from '../../../src/cli/audit-commands.ts';
import { describeError } from '../../../src/cli/cli-error.ts';
import { addClientCommands } from '../../../src/cli/client-commands.ts';
import type { Command, OpenedAdmin } from '../../../src/cli/command.ts';
import { addDoctorCommand } from '../../../src/cli/doctor/doctor-command.ts';
import { addKeyCommands } from '../../../src/cli/key-commands.ts';
import { addPolicyCommand } from '../../../src/cli/policy-command.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';
import { addTokenCommands } from '../../../src/cli/token-commands.ts';
import { internalsOf } from '../../../src/durin/internals.ts';

/** What a command printed. */
export interface CommandRun {
  readonly stdout: string;
  readonly stderr: string;
  /** The result that `--json` prints. */
  readonly json: unknown;
}

/** Runs commands of the command line in this process, on a durin that stays open. */
export function createCommandLine(durin: object) {
  const internals = internalsOf(durin);
  if (internals === null) throw new Error('This is no durin');
  return runCommandsOn({ admin: createAdminCaller({ internals }), local: internals, now: internals.now });
}

/** Runs commands in this process on what was opened. */
export function runCommandsOn(opened: Omit<OpenedAdmin, 'close'>) {
  return async function runCommand(...args: string[]): Promise<CommandRun> {
    const printed = { stdout: '', stderr: '', json: undefined as unknown };
    const terminal: Terminal = {
      print: (text) => void (printed.stdout += text),
      printError: (text) => void (printed.stderr += text),
      isInteractive: false,
      confirm: () => Promise.resolve(false),
      askSecret: () => Promise.resolve(''),
    };
    async function run(command: Command): Promise<void> {
      const { text, json } = await command({ ...opened, terminal });
      printed.stdout += text;
      printed.json = json;
    }
    const program = new Program('trpc-durin')
      .exitOverride()
      .configureOutput({ writeOut: terminal.print, writeErr: terminal.printError });
    addClientCommands(program, run);
    addTokenCommands(program, run);
    addKeyCommands(program, run);
    addPolicyCommand(program, run);
    addDoctorCommand(program, run);
    addAuditCommands(program, run);
    try {
      await program.parseAsync(args, { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError)) printed.stderr += describeError(error).line;
    }
    return printed;
  };
}
