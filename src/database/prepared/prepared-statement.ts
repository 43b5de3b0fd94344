import { wasAborted } from '../failures.ts';
import type { Row } from '../rows/row.ts';
import type { GetNativePool } from './native-pool.ts';
import type { Prepare } from './prepare.ts';

/** Runs a statement with these values for its parameters. */
export type PreparedStatement = (parameters: readonly unknown[]) => Promise<Row[]>;

export interface PreparedStatementDeps {
  readonly getNativePool: GetNativePool;
  readonly prepare: Prepare;
  /** Runs a statement through the ORM, inside the app's transaction if there is one. Outside, also again if PostgreSQL aborts it. */
  readonly run: (sql: string, parameters: readonly unknown[]) => Promise<Row[]>;
  readonly isInTransaction: () => boolean;
}

/**
 * Creates a statement that is prepared outside of the app's transaction. Planning takes longer than running if a statement
 * writes several tables.
 * @param sql has `?` for its parameters
 */
export function createPreparedStatement(deps: PreparedStatementDeps, sql: string): PreparedStatement {
  const { getNativePool, prepare, run, isInTransaction } = deps;
  const runPrepared = prepare(sql);

  return async function runStatement(parameters) {
    const pool = isInTransaction() ? null : await getNativePool();
    if (pool === null) return run(sql, parameters);
    try {
      return await runPrepared(pool, parameters);
    } catch (error) {
      if (!wasAborted(error)) throw error;
      return run(sql, parameters);
    }
  };
}
