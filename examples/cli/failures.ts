import { isTRPCClientError } from '@trpc/client';
import { type DurinErrorCode, durinErrorOf } from 'trpc-durin/client';
import type { AppRouter } from './api.ts';
import { Interrupted } from './ask.ts';
import { UsageError } from './command-line.ts';

export interface Failure {
  readonly exitCode: number;
  readonly text: string;
}

const signedOutSentences: Partial<Record<DurinErrorCode, string>> = {
  NO_CREDENTIALS: 'You are not signed in.',
  INVALID_TOKEN: 'Your session was ended from another device.',
  TOKEN_EXPIRED: 'Your session has expired.',
  USER_INACTIVE: 'Your account is no longer active.',
};

/** Returns the message and the exit code for a command that failed. */
export function failureOf(error: unknown, url: string): Failure {
  if (error instanceof UsageError) return { exitCode: 2, text: `${error.message} See --help.` };
  if (error instanceof Interrupted) return { exitCode: 130, text: error.message };
  const message = error instanceof Error ? error.message : String(error);
  if (!isTRPCClientError<AppRouter>(error)) return { exitCode: 1, text: message };

  const refusal = durinErrorOf(error);
  const signedOut = refusal && signedOutSentences[refusal.code];
  if (signedOut) return { exitCode: 3, text: `${signedOut} Sign in with: login --url ${url}` };
  if (refusal?.retryAfter) return { exitCode: 1, text: `${message} Try again in ${refusal.retryAfter} seconds.` };
  if (error.data) return { exitCode: 1, text: message };
  return {
    exitCode: 4,
    text: `The quickstart's server does not answer at ${url}. Start it with npm start, or give another address with --url.`,
  };
}
