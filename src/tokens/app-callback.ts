import { TRPCError } from '@trpc/server';
import { isOutage } from '../database/failures.ts';
import { DurinError, internalError, isDurinError } from '../errors.ts';

/**
 * Runs a callback of the app, such as `verifyCredentials`.
 * @throws TRPCError the one that the callback threw; STORE_UNAVAILABLE if it could not reach the database;
 *   INTERNAL_SERVER_ERROR for anything else, with the error as its cause, for the server's logs only
 */
export async function runCallback<T>(callback: () => T | PromiseLike<T>): Promise<T> {
  try {
    return await callback();
  } catch (error) {
    throw toCallbackError(error);
  }
}

/** The same for a callback that answers at once. */
export function runSyncCallback<T>(callback: () => T): T {
  try {
    return callback();
  } catch (error) {
    throw toCallbackError(error);
  }
}

/** What a callback threw, as a caller may see it. */
export function toCallbackError(cause: unknown): TRPCError {
  if (cause instanceof TRPCError || isDurinError(cause)) return cause;
  return isOutage(cause) ? new DurinError('STORE_UNAVAILABLE', { cause }) : internalError(cause);
}
