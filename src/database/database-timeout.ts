import { withTimeout } from '../async/with-timeout.ts';
import { DurinError } from '../errors.ts';

/** Runs work and fails with STORE_UNAVAILABLE if it takes longer than the timeout. */
export type BoundedByTimeout = <T>(work: () => T | PromiseLike<T>) => Promise<T>;

/**
 * Creates a function that bounds work by the timeout, except inside the app's transaction. There the work takes as long as
 * the app's own statements may: if the call failed, the app would roll back while the statement still ran.
 * @param isInTransaction whether statements currently belong to the app's transaction
 */
export function createDatabaseTimeout(timeoutMs: number, isInTransaction: () => boolean): BoundedByTimeout {
  return async function boundedByTimeout(work) {
    return isInTransaction() ? work() : withDatabaseTimeout(timeoutMs, work);
  };
}

/**
 * Waits for work that uses the database for at most `timeoutMs`. A frozen or unreachable database may never answer by
 * itself. The work is not cancelled: PostgreSQL may still run the statement, and whatever follows it (cache invalidation,
 * events) then happens late.
 * @throws DurinError STORE_UNAVAILABLE after the timeout, with the timeout as its cause
 */
export function withDatabaseTimeout<T>(timeoutMs: number, work: () => T | PromiseLike<T>): Promise<T> {
  return withTimeout(work, { timeoutMs, service: 'the database', toError: toUnavailable });
}

/** The error of work that took too long. */
export function toUnavailable(cause: Error): DurinError {
  return new DurinError('STORE_UNAVAILABLE', { cause });
}
