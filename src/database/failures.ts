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

/** What `pg` and PGlite say, without a code, of a connection that is gone. */
const outageMessages =
  /connection (?:terminated|error|timeout|ended)|timeout exceeded when trying to connect|query read timeout|is closed|not queryable/i;

/** SQLSTATE: text with bytes that no text has, and values that their column cannot hold. */
const unstorableStates = new Set(['22001', '22003', '22021', '22P02', '22P05']);

/** Whether the app's own query failed because the database could not be reached. */
export function isOutage(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== null) return socketCodes.has(code) || outageStates.test(code);
  return error instanceof Error && outageMessages.test(error.message);
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
