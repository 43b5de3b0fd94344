import { isTRPCClientError } from '@trpc/client';
import { type DurinErrorCode, durinErrorOf } from 'trpc-durin/client';
import type { AppRouter } from '../../../router.ts';

/** Replaces the server's sentence where another one helps the user more. */
const sentences: Partial<Record<DurinErrorCode, string>> = {
  NO_CREDENTIALS: 'You need to sign in first.',
  INVALID_CREDENTIALS: 'The user name or password is wrong.',
  SESSION_LIMIT: 'You are already signed in on as many devices as allowed. Sign out on one of them, then try again.',
  SESSION_NOT_FOUND: 'This session has already ended.',
  INSUFFICIENT_SCOPE: 'This session may not do that.',
  KEY_NAME_TAKEN: 'You already have an API key with this name. Choose another one.',
  KEY_LIMIT: 'You already have as many API keys as allowed. Revoke one, then try again.',
  KEY_NOT_FOUND: 'This API key no longer exists.',
  STORE_UNAVAILABLE: 'The server cannot reach its database. Try again in a moment.',
};

/**
 * Describes an error in one or two sentences.
 * @param secondsLeft until a throttled call may be tried again. Default: as the server said
 */
export function describeError(error: unknown, secondsLeft = durinErrorOf(error)?.retryAfter): string {
  const refusal = durinErrorOf(error);
  if (refusal?.code === 'THROTTLED') return `Too many attempts. ${retryHint(secondsLeft)}`;
  if (refusal) return sentences[refusal.code] ?? (error as Error).message;
  if (!isTRPCClientError<AppRouter>(error)) return 'Something went wrong on this page. Reload it.';
  if (!error.data) return 'The server cannot be reached. Check your connection and try again.';
  return error.data.code === 'BAD_REQUEST' ? 'The server did not accept this input.' : 'The server failed. Try again.';
}

function retryHint(seconds = 1): string {
  if (seconds === 0) return 'You can try again now.';
  if (seconds < 90) return `Try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`;
  if (seconds < 5400) return `Try again in ${Math.ceil(seconds / 60)} minutes.`;
  return `Try again in ${Math.ceil(seconds / 3600)} hours.`;
}
