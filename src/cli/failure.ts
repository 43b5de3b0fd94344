import { TRPCError } from '@trpc/server';
import { codeOf } from '../database/failures.ts';
import { DurinError } from '../errors.ts';

/** How the program ends. */
export const exitCodes = { done: 0, failed: 1, misused: 2 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What goes wrong with a reason that is told as it is. */
export class CliFailure extends Error {
  readonly exitCode: ExitCode;

  constructor(sentence: string, exitCode: ExitCode = exitCodes.failed) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

/** An error in one line, and how the program ends with it. Never a stack, never SQL. */
export function describeFailure(error: unknown): { readonly line: string; readonly exitCode: ExitCode } {
  if (error instanceof CliFailure) return { line: error.message, exitCode: error.exitCode };
  if (error instanceof DurinError) return { line: sentenceOf(error), exitCode: exitCodeOf(error) };
  const cause = error instanceof TRPCError && error.code === 'INTERNAL_SERVER_ERROR' ? error.cause : error;
  return { line: firstLine(cause), exitCode: exitCodes.failed };
}

function exitCodeOf({ durin }: DurinError): ExitCode {
  return durin.code === 'INVALID_INPUT' ? exitCodes.misused : exitCodes.failed;
}

/** SQLSTATE of a table that is not there. */
const undefinedTable = '42P01';

function sentenceOf({ durin, message, cause }: DurinError): string {
  if (durin.fields !== undefined && durin.code === 'INVALID_INPUT') {
    return Object.entries(durin.fields)
      .flatMap(([path, sentences]) => {
        const field = path.replace(/^changes\./, ''); // where the router has it says nothing here
        return sentences.map((sentence) => (field === '' ? sentence : `${field}: ${sentence}`));
      })
      .join(' ');
  }
  const code = codeOf(cause);
  if (code === undefinedTable) return "The database has no durin tables: run the app's migrations first.";
  return code === null ? message : `${message} (${code})`;
}

export function firstLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const line = error.message.split('\n', 1)[0]?.trim() ?? '';
  return line || codeOf(error) || error.name;
}
