import { withTimeout } from '../../async/with-timeout.ts';
import { toUnavailable } from '../database-timeout.ts';
import { codeOf, isOutage, isSqlState, sqlState } from '../failures.ts';
import type { Row } from '../rows/row.ts';
import type { NativeClient, NativePool, NativeQuery } from './native-pool.ts';

/**
 * Sends a query on a connection of the pool, and waits at most `timeoutMs` for both.
 *
 * A query that gets its connection only after the timeout is not sent. The queries that queue up behind a frozen database
 * would delay everything after them, and a late login would end a session for a token that nobody receives. The connection
 * of a query that was sent is closed, because the network may have dropped it silently. PostgreSQL may still run that query.
 * @throws DurinError STORE_UNAVAILABLE after the timeout. Its cause names whether the query was sent: see `onUnknownOutcome`.
 */
export async function queryWithTimeout(pool: NativePool, query: NativeQuery, timeoutMs: number): Promise<Row[]> {
  let client: NativeClient | null = null;
  let isLate = false;
  async function send(): Promise<Row[]> {
    const connected = await pool.connect();
    if (isLate) {
      connected.release();
      return [];
    }
    client = connected;
    return (await connected.query(query)).rows;
  }
  function toError(timeout: Error): Error {
    isLate = true;
    const isSent = client !== null;
    return toUnavailable(isSent ? timeout : new Error(`no connection to the database was free within ${timeoutMs} ms`));
  }
  const release = (error?: Error) => client?.release(error);
  try {
    const rows = await withTimeout(send, { timeoutMs, service: 'the database', toError });
    release();
    return rows;
  } catch (error) {
    release(isUsableAfter(error) ? undefined : (error as Error));
    throw error;
  }
}

/** These concern one connection: its prepared statements, or that it leads to a standby. */
const connectionStates: ReadonlySet<string> = new Set([
  sqlState.featureNotSupported,
  sqlState.duplicatePreparedStatement,
  sqlState.invalidStatementName,
  sqlState.readOnlyTransaction,
]);

/** Whether PostgreSQL rejected the statement alone, so that its connection can be used again. */
function isUsableAfter(error: unknown): boolean {
  const code = codeOf(error);
  return code !== null && isSqlState(code) && !connectionStates.has(code) && !isOutage(error);
}
