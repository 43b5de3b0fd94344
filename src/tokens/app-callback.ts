import { TRPCError } from '@trpc/server';
import { isOutage } from '../database/failures.ts';
import { DurinError, DurinUsageError, internalError, isDurinError } from '../errors.ts';

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

/**
 * The same for a callback that must answer synchronously. A Promise would count as true, whatever it resolves to.
 * @param name the option, for the server's logs
 * @throws TRPCError also if the callback returns a Promise
 */
export function runSyncCallback<T>(name: string, callback: () => T): T {
  try {
    const answer = callback();
    if (!isThenable(answer)) return answer;
    Promise.resolve(answer).catch(() => undefined); // nobody else handles its rejection
    throw new DurinUsageError(`${name} must not return a Promise: it has to answer immediately`);
  } catch (error) {
    throw toCallbackError(error);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** What a callback threw, as a caller may see it. */
export function toCallbackError(cause: unknown): TRPCError {
  if (cause instanceof TRPCError || isDurinError(cause)) return cause;
  if (isOfAnotherCopy(cause)) return new TRPCError({ code: cause.code, message: cause.message, cause });
  return isOutage(cause) ? new DurinError('STORE_UNAVAILABLE', { cause }) : internalError(cause);
}

/** Whether it is the TRPCError of another copy of tRPC, which tRPC itself recognises by its name. */
function isOfAnotherCopy(error: unknown): error is TRPCError {
  return error instanceof Error && error.name === 'TRPCError';
}
