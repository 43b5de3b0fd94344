import { createHash } from 'node:crypto';
import type { EntityManager, MikroORM, Transaction } from '@mikro-orm/core';
import { batch } from '../async/batch.ts';
import { DurinError, DurinUsageError } from '../errors.ts';
import { commitListenersOf } from './commit-listeners.ts';
import { withDatabaseTimeout } from './database-timeout.ts';
import { codeOf, isUnstorable, sqlState } from './failures.ts';
import type { Row } from './rows/projection.ts';

/**
 * The SQL connection of the app's ORM, as durin uses it. A failure is the refusal STORE_UNAVAILABLE, or a DurinUsageError
 * where the app gave a key or value that its column cannot hold.
 */
export interface Database {
  /** What the database is called, and the schema in it if the ORM has one set: the same in all processes of an app. */
  readonly name: string;
  /** Runs a statement with `?` for its parameters, inside the app's transaction where there is one. */
  run(sql: string, parameters: readonly unknown[]): Promise<Row[]>;
  /**
   * Prepares finding rows by a unique column: `select` up to its `where`. Keys that are asked for at once share a
   * statement where the driver can prepare it. In the app's transaction it is a statement of that: requests that each hold
   * a connection and want a second one would wait for each other for ever.
   */
  prepareLookUp(select: string, column: LookUpColumn): (key: string) => Promise<Row | null>;
  /** Does work that is more than one statement as a whole: in the app's transaction, or in one of its own. */
  atomically<T>(work: () => Promise<T>): Promise<T>;
  /** An entity manager with nothing in it, inside the app's transaction where there is one. */
  fork(): EntityManager;
  /** Whether the app's transaction is where statements go now. */
  isInTransaction(): boolean;
  /**
   * Calls back once what was run is committed: at once, or after the app's transaction; never if that rolls back.
   * @param options.onUnknownOutcome also where the app's commit failed, and so may have been done all the same; left out: no
   */
  afterCommit(callback: () => unknown, options?: { readonly onUnknownOutcome: boolean }): Promise<void>;
}

/** A column that is looked up by, and how a found row's value of it is read. */
export interface LookUpColumn {
  readonly name: string;
  readonly read: (row: Row) => unknown;
}

/** How often a statement is run that PostgreSQL undid for a deadlock. */
const maxAttempts = 5;

/** The most keys that share a statement. */
const maxKeys = 256;

/** The part of `pg.Pool` that is used. */
interface Pool {
  connect(): Promise<PoolClient>;
}

interface PoolClient {
  query(query: Query): Promise<{ rows: Row[] }>;
  /** Gives the connection back; with an error it is closed. */
  release(error?: Error): void;
}

interface Query {
  name?: string;
  text: string;
  values: unknown[];
}

/** The part of MikroORM's SQL connections that is used; `@mikro-orm/core` does not know SQL. */
interface SqlConnection {
  execute(sql: string, parameters: readonly unknown[], method: 'all', transaction?: Transaction): Promise<Row[]>;
  getNativeClient(): Promise<unknown>;
}

/** @param deadlineMs milliseconds after which a look-up has failed */
export function createDatabase(orm: MikroORM, deadlineMs: number): Database {
  refuseOtherPlatforms(orm);
  const connection = () => orm.em.getDriver().getConnection('write') as unknown as SqlConnection;
  const commits = commitListenersOf(orm, isHealthy);
  const transaction = () => commits.openOf(orm.em.getContext(false).getTransactionContext());

  async function isHealthy(current: Transaction): Promise<boolean> {
    try {
      await connection().execute('select 1', [], 'all', current);
      return true;
    } catch {
      return false;
    }
  }

  async function run(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    const current = transaction();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await translateErrors(connection().execute(sql, parameters, 'all', current));
      } catch (error) {
        if (current !== undefined || attempt === maxAttempts || causeCodeOf(error) !== sqlState.deadlockDetected)
          throw error;
      }
    }
  }

  /**
   * MikroORM prepares no statements, so on `pg` the pool is asked directly: a third of the time is saved. The names come
   * from the statements, so two instances on one pool do not meet. A connection on which a statement was overtaken by an
   * `alter table` is dropped by the pool; since others may be like it, the statement is run again without a name.
   */
  function prepare(sql: string): (pool: Pool, parameter: unknown) => Promise<Row[]> {
    const name = `durin_${createHash('sha256').update(sql).digest('hex').slice(0, 16)}`;
    const logger = orm.config.getLogger();
    return async function runPrepared(pool, parameter) {
      const startedAt = performance.now();
      const query = { text: sql, values: [parameter] };
      const rows = await translateErrors(queryInTime(pool, { name, ...query })).catch((error: unknown) => {
        if (causeCodeOf(error) !== sqlState.featureNotSupported) throw error;
        return translateErrors(queryInTime(pool, query));
      });
      if (logger.isEnabled('query')) {
        const took = Math.round(performance.now() - startedAt);
        logger.logQuery({ query: sql, params: [parameter], results: rows.length, took });
      }
      return rows;
    };
  }

  /**
   * What waits for a connection for too long is not sent any more: whatever has queued up behind a frozen database would
   * hold up all that comes after. One that was sent gives its connection up, which may be cut off without a word.
   */
  async function queryInTime(pool: Pool, query: Query): Promise<Row[]> {
    let client: PoolClient | null = null;
    let isLate = false;
    async function send(): Promise<Row[]> {
      const connected = await pool.connect();
      if (isLate) connected.release();
      else client = connected;
      return isLate ? [] : (await connected.query(query)).rows;
    }
    const release = (error?: Error) => client?.release(error);
    try {
      const rows = await withDatabaseTimeout(deadlineMs, send);
      release();
      return rows;
    } catch (error) {
      isLate = true;
      release(error as Error);
      throw error;
    }
  }

  function prepareLookUp(select: string, { name, read }: LookUpColumn): (key: string) => Promise<Row | null> {
    const findHere = (key: string) =>
      withDatabaseTimeout(deadlineMs, async () => (await run(`${select} where ${name} = ?`, [key]))[0] ?? null);
    const findOne = prepare(`${select} where ${name} = $1`);
    const findSeveral = prepare(`${select} where ${name} = any($1)`);
    const findBatched = batch(async (keys: readonly string[]) => {
      const client = await translateErrors(connection().getNativeClient());
      const found = !isPool(client)
        ? await Promise.all(keys.map(findHere))
        : await (keys.length === 1 ? findOne(client, keys[0]) : findSeveral(client, keys));
      return new Map(found.flatMap((row) => (row === null ? [] : [[read(row) as string, row]])));
    }, maxKeys);
    return (key) => (transaction() === undefined ? findBatched(key) : findHere(key));
  }

  async function atomically<T>(work: () => Promise<T>): Promise<T> {
    return transaction() === undefined ? translateErrors(orm.em.fork().transactional(work)) : work();
  }

  function fork(): EntityManager {
    return orm.em.fork({ keepTransactionContext: transaction() !== undefined });
  }

  async function afterCommit(
    callback: () => unknown,
    { onUnknownOutcome } = { onUnknownOutcome: false },
  ): Promise<void> {
    const current = transaction();
    if (current === undefined) await callback();
    else commits.add(current, { callback, onUnknownOutcome });
  }

  const name = [orm.config.get('dbName'), orm.config.get('schema')].filter(Boolean).join('.');
  const isInTransaction = () => transaction() !== undefined;

  return { name, run, prepareLookUp, atomically, fork, isInTransaction, afterCommit };
}

/** The cause goes to the server's logs; what the driver says never reaches a caller. */
async function translateErrors<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (cause instanceof DurinError || cause instanceof DurinUsageError) throw cause;
    if (isUnstorable(cause)) throw new DurinUsageError('a key or a value does not fit its column', { cause });
    throw new DurinError('STORE_UNAVAILABLE', { cause });
  }
}

/** The driver's code behind a failure of `Database`. */
export function causeCodeOf(error: unknown): string | null {
  return error instanceof DurinError ? codeOf(error.cause) : null;
}

/** By a fact of PostgreSQL, not by the name of a class: minifiers change those. */
function refuseOtherPlatforms(orm: MikroORM): void {
  if (orm.em.getPlatform().getDefaultSchemaName() === 'public') return;
  throw new DurinUsageError('orm must use PostgreSQL: @mikro-orm/postgresql, or @mikro-orm/pglite');
}

/** PGlite prepares nothing, and has but one connection. */
function isPool(client: unknown): client is Pool {
  return typeof client === 'object' && client !== null && 'query' in client && 'totalCount' in client;
}
