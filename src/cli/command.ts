import { InvalidArgumentError } from 'commander';
import { DurinUsageError } from '../errors.ts';
import { parseRate, type Rate } from '../values/rate.ts';
import type { AdminCaller } from './admin-caller.ts';
import { CliFailure, exitCodes } from './failure.ts';
import type { Terminal } from './terminal.ts';
import { parseTokenTtl } from './token-ttl.ts';

/** What a command works with. */
export interface Tools {
  readonly admin: AdminCaller;
  readonly terminal: Terminal;
}

/** What a command answers: `text` for people, `json` for programs. */
export interface Answer {
  readonly text: string;
  readonly json: unknown;
}

/** Runs a command with the app's durin, prints its answer, and closes what the config opened. */
export type RunCommand = (work: (tools: Tools) => Promise<Answer>) => Promise<void>;

/**
 * Asks before something is ended for good.
 * @throws CliFailure where nobody says yes
 */
export async function confirm(terminal: Terminal, question: string, isConfirmed: boolean | undefined): Promise<void> {
  if (isConfirmed) return;
  if (!terminal.isInteractive) throw new CliFailure('Nobody can be asked here: confirm with --yes.', exitCodes.misused);
  if (!(await terminal.confirm(question))) throw new CliFailure('Nothing was changed.');
}

// Commander takes a parsed `null` for an option without a value: so these words stay until `valueOf` reads them.
type Nothing = 'never' | 'none';

/** The value that an option was given: `null` for never and none, `undefined` where it was left out. */
export function valueOf<T>(value: T | Nothing | undefined): T | null | undefined {
  return value === 'never' || value === 'none' ? null : value;
}

export function ttlArgument(typed: string): number | 'never' {
  return refusingAs(
    "It must be a duration such as 14d, 12h, '14 00:00:00' or P14D, from 1 second to 68 years, or never.",
    () => parseTokenTtl(typed, 'It') ?? 'never',
  );
}

export function rateArgument(typed: string): Rate | 'none' {
  if (typed.toLowerCase() === 'none') return 'none';
  return refusingAs('It must be a rate such as 5/s, 100/m, 1000/h or 10000/d, or none.', () => {
    parseRate(typed, 'It');
    return typed as Rate; // as was just checked
  });
}

export function countArgument(typed: string): number {
  const count = /^\d{1,5}$/.test(typed) ? Number(typed) : 0;
  if (count === 0) throw new InvalidArgumentError('It must be a whole number from 1 to 99999.');
  return count;
}

function refusingAs<T>(sentence: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof DurinUsageError) throw new InvalidArgumentError(sentence);
    throw error;
  }
}
