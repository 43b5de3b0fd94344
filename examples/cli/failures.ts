import { isTRPCClientError } from '@trpc/client';
import { type DurinErrorCode, durinErrorOf } from 'trpc-durin/client';
import type { AppRouter } from '../quickstart/router.ts';
import { Interrupted } from './ask.ts';
import { UsageError } from './command-line.ts';

export interface Failure {
  readonly exitCode: number;
  readonly text: string;
}

const signInFirst: Partial<Record<DurinErrorCode, string>> = {
  NO_CREDENTIALS: 'You are not signed in.',
  INVALID_TOKEN: 'Your session has ended, from another place.',
  TOKEN_EXPIRED: 'Your session has expired.',
  USER_INACTIVE: 'Your account is not active any more.',
};

/** What is said where a command fails, and how the program exits then. */
export function failureOf(error: unknown, url: string): Failure {
  if (error instanceof UsageError) return { exitCode: 2, text: `${error.message} See --help.` };
  if (error instanceof Interrupted) return { exitCode: 130, text: error.message };
  const message = error instanceof Error ? error.message : String(error);
  if (!isTRPCClientError<AppRouter>(error)) return { exitCode: 1, text: message };

  const refusal = durinErrorOf(error);
  const ended = refusal && signInFirst[refusal.code];
  if (ended) return { exitCode: 3, text: `${ended} Sign in with: login --url ${url}` };
  if (refusal?.retryAfter) return { exitCode: 1, text: `${message} Try again in ${refusal.retryAfter} seconds.` };
  if (error.data) return { exitCode: 1, text: message };
  return {
    exitCode: 4,
    text: `No server of the quickstart answers at ${url}. npm start starts one; --url names another.`,
  };
}
