import { isTRPCClientError } from '@trpc/client';
import { type DurinErrorCode, durinErrorOf } from 'trpc-durin/client';
import type { AppRouter } from '../../../router.ts';

/** What the page says in place of the server's sentence, where a person is told more by it. */
const sentences: Partial<Record<DurinErrorCode, string>> = {
  NO_CREDENTIALS: 'You have to sign in for this.',
  INVALID_CREDENTIALS: 'The user name or the password is wrong.',
  SESSION_NOT_FOUND: 'This session has ended already.',
  API_ACCESS_EXISTS: 'You have an API key already.',
  API_ACCESS_NOT_FOUND: 'You have no API key any more.',
  STORE_UNAVAILABLE: 'The server cannot reach its database. Try again in a moment.',
};

/** What went wrong, in a sentence or two. */
export function wordsFor(error: unknown): string {
  const refusal = durinErrorOf(error);
  if (refusal?.code === 'THROTTLED') return `That was too often. Try again in ${secondsInWords(refusal.retryAfter)}.`;
  if (refusal) return sentences[refusal.code] ?? (error as Error).message;
  if (!isTRPCClientError<AppRouter>(error)) return 'Something went wrong on this page. Load it again.';
  if (!error.data) return 'The server cannot be reached. Check your connection, and try again.';
  return error.data.code === 'BAD_REQUEST' ? 'The server did not accept this input.' : 'The server failed. Try again.';
}

export function secondsInWords(seconds = 1): string {
  return seconds === 1 ? 'a second' : `${seconds} seconds`;
}
