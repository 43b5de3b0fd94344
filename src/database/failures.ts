import { DurinError } from '../errors.ts';

/** SQLSTATEs (PostgreSQL, appendix A) that statements of durin's own are to expect. */
export const sqlState = {
  /** A row points to one that is gone. */
  foreignKeyViolation: '23503',
  /** Another row has the value. */
  uniqueViolation: '23505',
  /** The statement was undone since it and another waited for each other: run again, it succeeds. */
  deadlockDetected: '40P01',
  /** A prepared statement was overtaken: a column of what it joins has another type now. */
  featureNotSupported: '0A000',
} as const;

/** Codes of sockets that could not reach the database, or lost it. */
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

/** SQLSTATE: connection exceptions, too many connections, and the server shutting down or starting (PostgreSQL, appendix A). */
const outageStates = /^(?:08...|53300|57P0[1-5])$/;

/** What `pg` and PGlite say, without a code, of a connection that is gone. Word for word: apps have errors of their own. */
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

/** SQLSTATE: text with bytes that no text has, and values that their column cannot hold. */
const unstorableStates = new Set(['22001', '22003', '22021', '22P02', '22P05']);

/** Whether the app's own query failed because the database could not be reached. */
export function isOutage(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== null) return socketCodes.has(code) || outageStates.test(code);
  return error instanceof Error && outageMessages.has(error.message);
}

/** What PostgreSQL and PGlite say of a NUL in a statement, as which MikroORM sends it: it ends the text too early. */
const brokenStatementState = '08P01';
const brokenStatementMessages = /invalid message format|insufficient data left in message/;

/** Whether the app's own query failed because it asked for a value that no row can have. */
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

const lostCodes = /^(?:ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|08...|57P0[12])$/;
const lostMessages = /connection terminated(?! due to connection timeout)|connection ended|query read timeout/i;

/** Calls back where a write's connection was lost before its answer, so that it may have been done; it fails all the same. */
export async function onUnknownOutcome<T>(write: Promise<T>, callback: () => Promise<void>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof DurinError && wasCutOff(error.cause)) await callback();
    throw error;
  }
}

/** Not where there was no connection yet: then nothing was sent. */
function wasCutOff(error: unknown): boolean {
  if (error instanceof Error && 'syscall' in error && error.syscall === 'connect') return false;
  const code = codeOf(error);
  return code === null ? error instanceof Error && lostMessages.test(error.message) : lostCodes.test(code);
}
