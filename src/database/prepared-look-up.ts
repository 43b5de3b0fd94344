import { createHash } from 'node:crypto';
import type { Logger } from '@mikro-orm/core';
import { batch } from '../async/batch.ts';
import { withDatabaseTimeout } from './database-timeout.ts';
import { causeCodeOf, retryAborted, sqlState, translateErrors } from './failures.ts';
import type { Row } from './rows/row.ts';

/** The unique column to find rows by, and how to read its value from a found row. */
export interface LookUpColumn {
  readonly name: string;
  readonly read: (row: Row) => unknown;
}

/** Finds a row by its key. */
export type LookUp = (key: string) => Promise<Row | null>;

export interface PreparedLookUpDeps {
  /** The driver's own client: the pool of `pg`, or a PGlite instance. */
  readonly getNativeClient: () => Promise<unknown>;
  /** Runs a statement through the ORM, inside the app's transaction if there is one. */
  readonly run: (sql: string, parameters: readonly unknown[]) => Promise<Row[]>;
  readonly isInTransaction: () => boolean;
  readonly logger: Logger;
  /** Milliseconds after which a look-up fails. */
  readonly timeoutMs: number;
}

/** The most keys in one statement. */
const maxBatchSize = 256;

/** The part of `pg.Pool` that look-ups use. */
interface Pool {
  connect(): Promise<PoolClient>;
}

interface PoolClient {
  query(query: Query): Promise<{ rows: Row[] }>;
  /** Returns the connection to the pool. Given an error, the pool closes it instead. */
  release(error?: Error): void;
}

interface Query {
  name?: string;
  text: string;
  values: unknown[];
}

/**
 * Creates a look-up by a unique column. Keys that are requested together share a statement.
 *
 * MikroORM does not prepare statements, so on `pg` the look-up queries the pool directly, which saves a third of the time.
 * Inside the app's transaction it runs in that transaction. If each of several requests held a connection and waited for a
 * second one, they would wait for each other forever.
 * @param select the statement up to its `where`
 */
export function createPreparedLookUp(deps: PreparedLookUpDeps, select: string, column: LookUpColumn): LookUp {
  const { getNativeClient, run, isInTransaction, timeoutMs } = deps;
  const findOne = prepare(deps, `${select} where ${column.name} = $1`);
  const findMany = prepare(deps, `${select} where ${column.name} = any($1)`);

  function findThroughORM(keys: readonly string[]): Promise<Row[]> {
    const condition = keys.length === 1 ? '= ?' : `in (${keys.map(() => '?').join(', ')})`;
    return withDatabaseTimeout(timeoutMs, () => run(`${select} where ${column.name} ${condition}`, keys));
  }

  async function findInTransaction(key: string): Promise<Row | null> {
    const [row] = await findThroughORM([key]);
    return row ?? null;
  }

  async function findAll(keys: readonly string[]): Promise<Row[]> {
    const client = await translateErrors(getNativeClient());
    if (!isPool(client)) return findThroughORM(keys);
    return keys.length === 1 ? findOne(client, keys[0]) : findMany(client, keys);
  }

  const findBatched = batch(async (keys: readonly string[]) => {
    const found = await findAll(keys);
    return new Map(found.map((row) => [column.read(row) as string, row]));
  }, maxBatchSize);

  return (key) => (isInTransaction() ? findInTransaction(key) : findBatched(key));
}

/** Errors of a connection that is not the one that prepared the statement, as behind a proxy that shares connections. */
const foreignNameStates: ReadonlySet<string | null> = new Set([
  sqlState.duplicatePreparedStatement,
  sqlState.invalidStatementName,
]);

/**
 * Prepares a statement with one parameter. Its name is derived from its text, so two durins on one pool do not collide.
 * PostgreSQL rejects a prepared statement after an `alter table` on what it reads. The pool then closes that connection,
 * and the statement runs again unprepared, because other connections may have the same outdated statement. A statement
 * that fails for its name, as behind an older PgBouncer in transaction pooling, runs unprepared from then on.
 */
function prepare(
  { logger, timeoutMs }: PreparedLookUpDeps,
  sql: string,
): (pool: Pool, parameter: unknown) => Promise<Row[]> {
  const name = `durin_${createHash('sha256').update(sql).digest('hex').slice(0, 16)}`;
  let keepsNames = true;
  return async function runPrepared(pool, parameter) {
    const startedAt = performance.now();
    const unprepared = { text: sql, values: [parameter] };
    const send = (query: Query) => retryAborted(() => translateErrors(queryWithTimeout(pool, query, timeoutMs)));
    const rows = await send(keepsNames ? { name, ...unprepared } : unprepared).catch((error: unknown) => {
      const code = causeCodeOf(error);
      if (foreignNameStates.has(code)) keepsNames = false;
      else if (code !== sqlState.featureNotSupported) throw error;
      return send(unprepared);
    });
    if (logger.isEnabled('query')) {
      const took = Math.round(performance.now() - startedAt);
      logger.logQuery({ query: sql, params: [parameter], results: rows.length, took });
    }
    return rows;
  };
}

/**
 * A query that gets its connection only after the timeout is not sent: the queries that queue up behind a frozen database
 * would delay everything after them. The connection of a query that was sent is closed, since the network may have dropped
 * it silently.
 */
async function queryWithTimeout(pool: Pool, query: Query, timeoutMs: number): Promise<Row[]> {
  let client: PoolClient | null = null;
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
  const release = (error?: Error) => client?.release(error);
  try {
    const rows = await withDatabaseTimeout(timeoutMs, send);
    release();
    return rows;
  } catch (error) {
    isLate = true;
    release(error as Error);
    throw error;
  }
}

/** PGlite is no pool: it has one connection and prepares nothing. */
function isPool(client: unknown): client is Pool {
  return typeof client === 'object' && client !== null && 'query' in client && 'totalCount' in client;
}
