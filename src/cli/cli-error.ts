import { TRPCError } from '@trpc/server';
import { codeOf } from '../database/failures.ts';
import { type DurinError, DurinUsageError, isDurinError } from '../errors.ts';
import type { DurinErrorCode } from '../wire.ts';

export const exitCodes = { done: 0, failed: 1, misused: 2 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** An error whose message is printed as it is. */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  constructor(sentence: string, exitCode: ExitCode = exitCodes.failed) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

/** One line for stderr and the exit code. Never contains a stack or SQL. */
export function describeError(error: unknown): { readonly line: string; readonly exitCode: ExitCode } {
  if (error instanceof CliError) return { line: error.message, exitCode: error.exitCode };
  if (isDurinError(error)) return { line: sentenceOf(error), exitCode: exitCodeOf(error) };
  const cause = error instanceof TRPCError && error.code === 'INTERNAL_SERVER_ERROR' ? error.cause : error;
  return { line: firstLineOf(cause), exitCode: exitCodes.failed };
}

function exitCodeOf({ durin }: DurinError): ExitCode {
  return durin.code === 'INVALID_INPUT' ? exitCodes.misused : exitCodes.failed;
}

/** The SQLSTATE of a missing table. */
const undefinedTable = '42P01';

/** In place of sentences that speak to the user whose keys they are. */
const sentencesForOperators: Partial<Record<DurinErrorCode, string>> = {
  KEY_NAME_TAKEN: 'The user has an API key with that name.',
  KEY_LIMIT: 'The user has as many API keys as the client allows.',
};

function sentenceOf({ durin, message: ownMessage, cause }: DurinError): string {
  const message = sentencesForOperators[durin.code] ?? ownMessage;
  if (durin.fields !== undefined && durin.code === 'INVALID_INPUT') {
    return Object.entries(durin.fields)
      .flatMap(([path, sentences]) => {
        const field = path.replace(/^changes\./, ''); // on the command line, options are not nested
        return sentences.map((sentence) => (field === '' ? sentence : `${field}: ${sentence}`));
      })
      .join(' ');
  }
  if (cause instanceof DurinUsageError) {
    const hasNoTables = codeOf(cause.cause) === undefinedTable;
    return hasNoTables ? "The database has no durin tables: run the app's migrations first." : firstLineOf(cause);
  }
  return cause === undefined ? message : `${message} (${firstLineOf(cause)})`;
}

export function firstLineOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const line = error.message.split('\n', 1)[0]?.trim() ?? '';
  return line || codeOf(error) || error.name;
}
