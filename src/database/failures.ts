import { DurinError, DurinUsageError, isDurinError } from '../errors.ts';
import { missingTableError } from './mistakes/missing-table.ts';

/** The SQLSTATEs (PostgreSQL, appendix A) that durin's own statements handle. */
export const sqlState = {
  /** The row refers to one that no longer exists. */
  foreignKeyViolation: '23503',
  /** Another row has the value. */
  uniqueViolation: '23505',
  /** The statement was aborted because of a deadlock and can be run again. */
  deadlockDetected: '40P01',
  /** Likewise because of a concurrent change, at an isolation level above `read committed`. */
  serializationFailure: '40001',
  /** The connection accepts no writes: it leads to a standby. */
  readOnlyTransaction: '25006',
  /** A prepared statement is outdated: the type of a column that it selects has changed. */
  featureNotSupported: '0A000',
  /** The connection has a prepared statement of that name already. */
  duplicatePreparedStatement: '42P05',
  /** The connection has no prepared statement of that name. */
  invalidStatementName: '26000',
} as const;

/** Socket errors: the database could not be reached, or the connection was lost. */
const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** SQLSTATEs of connection exceptions, too many connections, and a server that is starting or shutting down. */
const outageStates = /^(?:08...|53300|57P0[1-5])$/;

/**
 * Messages of `pg` and PGlite for a lost connection, which have no code. They are compared as a whole, because an app's own
 * errors may have similar ones.
 */
const outageMessages: ReadonlySet<string> = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout exceeded when trying to connect',
  'Query read timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Cannot use a pool after calling end on the pool',
  'PGlite is closing',
  'PGlite is closed',
]);

/** Whether the app's own query failed because the database could not be reached. */
export function isOutage(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== null) return socketCodes.has(code) || outageStates.test(code);
  return error instanceof Error && outageMessages.has(error.message);
}

/** SQLSTATEs of invalid bytes in text, and of values that do not fit their column. */
const unstorableStates = new Set(['22001', '22003', '22021', '22P02', '22P05']);

/** How PostgreSQL and PGlite reject a NUL character in a statement: it ends the statement's text too early. */
const brokenStatementState = '08P01';
const brokenStatementMessages = /invalid message format|insufficient data left in message/;

/** Whether a query failed because it contained a value that no row can have. */
export function isUnstorable(error: unknown): boolean {
  const code = codeOf(error);
  if (code === brokenStatementState) return error instanceof Error && brokenStatementMessages.test(error.message);
  return unstorableStates.has(code ?? '');
}

/** The code of a driver's error. */
export function codeOf(error: unknown): string | null {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : null;
}

/**
 * An SQLSTATE has five characters. The first two are its class, which starts with a digit, except for the few listed here. The
 * codes of sockets and TLS, such as `EPIPE`, do not match.
 */
const sqlStatePattern = /^(?:\d[\dA-Z]|F0|HV|P0|XX)[\dA-Z]{3}$/;

/** Whether a driver's code is an SQLSTATE of PostgreSQL's: the server has answered. */
export function isSqlState(code: string): boolean {
  return sqlStatePattern.test(code);
}

/** The driver's code behind an error of `Database`. */
export function causeCodeOf(error: unknown): string | null {
  return isDurinError(error) ? codeOf(error.cause) : null;
}

const abortedStates: ReadonlySet<string | null> = new Set([sqlState.deadlockDetected, sqlState.serializationFailure]);

/** How often work runs if PostgreSQL aborts it. */
const maxAttempts = 5;

/** Whether PostgreSQL aborted the work because of concurrent transactions, so that it can be run again. */
export function wasAborted(error: unknown): boolean {
  return abortedStates.has(causeCodeOf(error));
}

/** Runs work, a whole transaction, again if PostgreSQL aborts it. */
export async function retryAborted<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!wasAborted(error) || attempt === maxAttempts) throw error;
    }
  }
}

/** Turns a driver's error into an error of durin's. The driver's message stays in `cause`, which only server logs show. */
export async function translateErrors<T>(query: Promise<T>): Promise<T> {
  try {
    return await query;
  } catch (cause) {
    if (isDurinError(cause) || cause instanceof DurinUsageError) throw cause;
    if (isUnstorable(cause)) throw new DurinUsageError('a key or a value does not fit its column', { cause });
    throw new DurinError('STORE_UNAVAILABLE', { cause: missingTableError(cause) ?? cause });
  }
}

const lostCodes = /^(?:ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|08...|57P0[12])$/;
const lostMessages =
  /connection terminated(?! due to connection timeout)|connection ended|query read timeout|^the database did not answer/i;

/**
 * Calls back if the connection was lost, or durin stopped waiting, before the write's result arrived, so that PostgreSQL may
 * have committed it. The write still rejects with its error.
 */
export async function onUnknownOutcome<T>(write: Promise<T>, callback: () => Promise<void>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (isDurinError(error) && wasResultLost(error.cause)) await callback();
    throw error;
  }
}

/** A failed attempt to get a connection does not count: nothing was sent. */
function wasResultLost(error: unknown): boolean {
  if (error instanceof Error && 'syscall' in error && error.syscall === 'connect') return false;
  const code = codeOf(error);
  return code === null ? error instanceof Error && lostMessages.test(error.message) : lostCodes.test(code);
}
