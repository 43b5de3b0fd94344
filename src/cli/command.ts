import type { Internals } from '../durin/internals.ts';
import type { AdminCaller } from './admin-caller.ts';
import { CliError, type ExitCode, exitCodes } from './cli-error.ts';
import type { Terminal } from './terminal.ts';

/** What commands act on: the app of a config file, or a server. */
export interface OpenedAdmin {
  readonly admin: AdminCaller;
  /** The app, if its code is here; `null`: it is on a server. */
  readonly local: Internals | null;
  /** The clock, in milliseconds. */
  readonly now: () => number;
  /** Closes what was opened. */
  close(): Promise<void>;
}

export interface CommandDeps extends Omit<OpenedAdmin, 'close'> {
  readonly terminal: Terminal;
}

/** What a command prints: `text`, or `json` with the flag `--json`. */
export interface CommandResult {
  readonly text: string;
  readonly json: unknown;
  /** Default: 0. */
  readonly exitCode?: ExitCode;
}

export type Command = (deps: CommandDeps) => Promise<CommandResult>;

/** Opens the app or the server, runs the command, prints its result, and closes what it opened. */
export type RunCommand = (command: Command) => Promise<void>;

/**
 * Requests confirmation before something is deleted or revoked.
 * @throws CliError unless the answer is yes
 */
export async function confirm(terminal: Terminal, question: string, isConfirmed: boolean | undefined): Promise<void> {
  if (isConfirmed) return;
  if (!terminal.isInteractive) {
    throw new CliError('This command asks for confirmation. Without a terminal, pass --yes.', exitCodes.misused);
  }
  if (!(await terminal.confirm(question))) throw new CliError('Nothing was changed.');
}
