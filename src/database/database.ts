import type { EntityManager, MikroORM, Transaction } from '@mikro-orm/core';
import { DurinUsageError } from '../errors.ts';
import { translateErrors, wasAborted } from './failures.ts';
import { createListen } from './notify/listen.ts';
import type { Listen } from './notify/listening.ts';
import { createFolderClaim } from './pglite/folder-claim.ts';
import type { ExplainTimeout } from './prepared/busy-pool.ts';
import { createLogQuery } from './prepared/log-query.ts';
import { createNativePools } from './prepared/native-pool.ts';
import { createPrepare } from './prepared/prepare.ts';
import { createPreparedLookUp, type LookUp, type LookUpColumn } from './prepared/prepared-look-up.ts';
import { createPreparedStatement, type PreparedStatement } from './prepared/prepared-statement.ts';
import { readPrimary } from './primary-reads.ts';
import { type ChangeContext, noChangeContext } from './records/change-context.ts';
import type { Row } from './rows/row.ts';
import { type AfterCommitOptions, createTransactions } from './transactions.ts';

/**
 * The SQL connection of the app's ORM. A failure is a DurinError STORE_UNAVAILABLE, or a DurinUsageError if the app passed
 * a key or a value that does not fit its column.
 */
export interface Database {
  /** What changing statements say to the triggers of an audit. */
  readonly changeContext: ChangeContext;
  /**
   * Runs a statement that has `?` for its parameters, inside the app's transaction if there is one. Outside, a statement
   * that PostgreSQL aborts runs again.
   */
  run(sql: string, parameters: readonly unknown[]): Promise<Row[]>;
  /**
   * Creates a statement that runs like `run`. Outside the app's transaction it is prepared, if the driver can prepare statements.
   */
  prepare(sql: string): PreparedStatement;
  /**
   * Creates a look-up by a unique column, prepared if the driver can prepare statements. Keys that are requested together
   * share a statement.
   * @param select the statement up to its `where`
   */
  prepareLookUp(select: string, column: LookUpColumn): LookUp;
  /**
   * Runs several statements as a whole: in the app's transaction, or else in a new one at `read committed`. A new one that
   * PostgreSQL aborts runs again, so `work` must do nothing but run statements.
   */
  atomically<T>(work: () => Promise<T>): Promise<T>;
  /** Listens to NOTIFY on a connection of its own, also within the app's transaction. */
  readonly listen: Listen;
  /** Creates an empty entity manager that reads the primary, inside the app's transaction if there is one. */
  fork(): EntityManager;
  /** Whether statements currently belong to the app's transaction. */
  isInTransaction(): boolean;
  /**
   * The id of the app's transaction if all its statements read one snapshot, so that they do not see what others commit
   * meanwhile; `null` at `read committed` and outside a transaction.
   */
  snapshotTransactionId(): Promise<string | null>;
  /** Runs work that does not belong to the app's transaction, although it is called within it. */
  outsideTransaction<T>(work: () => T): T;
  /**
   * Calls back once the statements so far are committed: immediately, or after the app's transaction. If the transaction
   * rolls back, it never calls back.
   */
  afterCommit(callback: () => unknown, options?: AfterCommitOptions): Promise<void>;
  /** Adds to the error of a timeout that all connections of the pool are busy, if they are. */
  readonly explainTimeout: ExplainTimeout;
}

/** The part of MikroORM's SQL connections that is used; `@mikro-orm/core` does not know SQL. */
interface SqlConnection {
  execute(sql: string, parameters: readonly unknown[], method: 'all', transaction?: Transaction): Promise<Row[]>;
  getNativeClient(): Promise<unknown>;
}

/**
 * @param timeoutMs milliseconds after which a look-up or a prepared statement fails
 * @param hasNames whether prepared statements have names, as they must to be planned once
 * @param changeContext what changing statements say to the triggers of an audit. Default: nothing
 * @param onWarning called once if a connection pooler does not know prepared statements. Default: nobody is told
 */
export function createDatabase(
  orm: MikroORM,
  timeoutMs: number,
  hasNames = true,
  changeContext: ChangeContext = noChangeContext,
  onWarning: (message: string) => void = () => {},
): Database {
  refuseOtherPlatforms(orm);
  const claimFolder = createFolderClaim(orm);
  const transactions = createTransactions(orm, acceptsStatements);
  const isInTransaction = () => transactions.current() !== undefined;

  function connection(): SqlConnection {
    claimFolder();
    return orm.em.getDriver().getConnection('write') as unknown as SqlConnection;
  }

  async function acceptsStatements(transaction: Transaction): Promise<boolean> {
    try {
      await connection().execute('select 1', [], 'all', transaction);
      return true;
    } catch {
      return false;
    }
  }

  async function run(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    const transaction = transactions.current();
    try {
      return await translateErrors(connection().execute(sql, parameters, 'all', transaction));
    } catch (error) {
      if (!wasAborted(error) || transaction !== undefined) throw error;
      return transactions.atomically(() => run(sql, parameters)); // at `read committed`, only a deadlock can abort it
    }
  }

  async function snapshotTransactionId(): Promise<string | null> {
    if (!isInTransaction()) return null;
    const [row] = await run(
      'select pg_current_xact_id()::xid::text as id ' +
        "where current_setting('transaction_isolation') in ('repeatable read', 'serializable')",
      [],
    );
    return row === undefined ? null : String(row['id']);
  }

  const getNativeClient = async () => connection().getNativeClient();
  const pools = createNativePools(orm, getNativeClient);
  const prepareDeps = {
    getNativePool: pools.get,
    prepare: createPrepare({
      hasNames,
      timeoutMs,
      onQuery: orm.config.get('onQuery'),
      logQuery: createLogQuery(orm),
      onWarning,
    }),
    run,
    isInTransaction,
    timeoutMs,
  };

  return {
    changeContext,
    run,
    prepare: (sql) => createPreparedStatement(prepareDeps, sql),
    prepareLookUp: (select, column) => createPreparedLookUp(prepareDeps, select, column),
    async atomically(work) {
      claimFolder();
      return transactions.atomically(work);
    },
    listen: createListen(getNativeClient),
    fork() {
      claimFolder();
      return readPrimary(orm.em.fork({ keepTransactionContext: isInTransaction() }));
    },
    isInTransaction,
    snapshotTransactionId,
    outsideTransaction: transactions.outside,
    afterCommit: transactions.afterCommit,
    explainTimeout: pools.explainTimeout,
  };
}

/** Checks a property of PostgreSQL instead of the platform's class name, which minifiers change. */
function refuseOtherPlatforms(orm: MikroORM): void {
  if (orm.em.getPlatform().getDefaultSchemaName() === 'public') return;
  throw new DurinUsageError('orm must use PostgreSQL: @mikro-orm/postgresql, or @mikro-orm/pglite');
}
