/** What `pg.Pool` counts. */
export interface PoolCounts {
  readonly totalCount: number;
  readonly idleCount: number;
  /** Calls that wait for a connection. The pool has them only while it may open no further one. */
  readonly waitingCount: number;
}

/** Adds what is known about the connections to the error of a timeout. */
export type ExplainTimeout = (timeout: Error) => Error;

/** How the timeouts of this package end. Other errors, such as a lost connection, have a reason of their own. */
const timeoutPattern = /\bwithin \d+ ms$/;

/**
 * Adds to a timeout that all connections are in use, if they are. What occupies them is not known: the app's own statements and
 * transactions, statements that a frozen server does not answer, or a server that cannot be reached to open them.
 */
export function explainByPool(timeout: Error, { totalCount, idleCount, waitingCount }: PoolCounts): Error {
  if (idleCount > 0 || waitingCount === 0 || !timeoutPattern.test(timeout.message)) return timeout;
  const busy =
    totalCount === 1
      ? "the pool's only connection is busy or being opened"
      : `all ${totalCount} connections of the pool are busy or being opened`;
  const waiting = waitingCount === 1 ? '1 call waits' : `${waitingCount} calls wait`;
  return new Error(`${timeout.message}: ${busy}, and ${waiting}`);
}
