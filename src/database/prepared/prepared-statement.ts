import { wasAborted } from '../failures.ts';
import type { Row } from '../rows/row.ts';
import type { GetNativePool, NativePool, NativeQuery } from './native-pool.ts';
import type { Prepare } from './prepare.ts';

/** Runs a statement with these values for its parameters. */
export type PreparedStatement = (parameters: readonly unknown[]) => Promise<Row[]>;

export interface PreparedStatementDeps {
  readonly getNativePool: GetNativePool;
  readonly prepare: Prepare;
  /** Runs a statement through the ORM, inside the app's transaction if there is one. Outside, also again if PostgreSQL aborts it. */
  readonly run: (sql: string, parameters: readonly unknown[]) => Promise<Row[]>;
  readonly isInTransaction: () => boolean;
  /** The option `onQuery` of the ORM, which may rewrite a statement. */
  readonly onQuery: (sql: string, parameters: readonly unknown[]) => string;
}

/**
 * Creates a statement that is prepared outside of the app's transaction. Planning takes longer than running if a statement
 * writes several tables.
 * @param sql has `?` for its parameters
 */
export function createPreparedStatement(deps: PreparedStatementDeps, sql: string): PreparedStatement {
  const { getNativePool, prepare, run, isInTransaction, onQuery } = deps;
  const runPrepared = prepare(toNumbered(sql), sendOnPool);

  return async function runStatement(parameters) {
    if (isInTransaction() || onQuery(sql, parameters) !== sql) return run(sql, parameters);
    const pool = await getNativePool();
    if (pool === null) return run(sql, parameters);
    try {
      return await runPrepared(pool, parameters);
    } catch (error) {
      if (!wasAborted(error)) throw error;
      return run(sql, parameters);
    }
  };
}

/** Replaces each `?` as MikroORM does, which reads `\?` as a question mark. */
function toNumbered(sql: string): string {
  let count = 0;
  return sql.replace(/\\\?|\?/g, (mark) => {
    if (mark !== '?') return '?';
    count += 1;
    return `$${count}`;
  });
}

/** A failed statement may have left its connection outdated or broken, so the pool closes it. */
async function sendOnPool(pool: NativePool, query: NativeQuery): Promise<Row[]> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query(query);
    client.release();
    return rows;
  } catch (error) {
    client.release(error as Error);
    throw error;
  }
}
