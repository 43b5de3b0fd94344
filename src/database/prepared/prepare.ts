import { createHash } from 'node:crypto';
import { causeCodeOf, sqlState, translateErrors } from '../failures.ts';
import type { Row } from '../rows/row.ts';
import type { LogQuery } from './log-query.ts';
import type { NativePool, NativeQuery } from './native-pool.ts';
import { queryWithTimeout } from './query-with-timeout.ts';

/** Runs a statement of the pool by its name. */
export type Prepared = (pool: NativePool, values: readonly unknown[]) => Promise<Row[]>;

/** @param sql a statement that has `?` for its parameters */
export type Prepare = (sql: string) => Prepared;

export interface PrepareDeps {
  /** `false`: every statement is sent without a name. */
  readonly hasNames: boolean;
  /** Milliseconds after which a statement fails. */
  readonly timeoutMs: number;
  /** The option `onQuery` of the ORM, which may rewrite a statement. */
  readonly onQuery: (sql: string, values: readonly unknown[]) => string;
  readonly logQuery: LogQuery;
  /** Called once if names cannot be used. */
  readonly onWarning: (message: string) => void;
}

const poolerWarning =
  'trpc-durin: a connection pooler mixes up prepared statements, so statements are planned at each call from now on. ' +
  'Use PgBouncer 1.21 or newer with max_prepared_statements, or set preparedStatements: false.';

/** PostgreSQL rejects these before it runs the statement, so it can run again without a name. */
const outdatedStates: ReadonlySet<string | null> = new Set([sqlState.featureNotSupported]);

/** Likewise, because a connection pooler has handed out a connection on which the names are others. */
const pooledStates: ReadonlySet<string | null> = new Set([
  sqlState.duplicatePreparedStatement,
  sqlState.invalidStatementName,
]);

/**
 * Creates the function that prepares statements. A statement's name is derived from its text, which contains the tables'
 * schema and prefix, so two durins on one pool do not collide. A statement that `onQuery` rewrites has no name, because each
 * call may have another text.
 *
 * PostgreSQL rejects a prepared statement after an `alter table` on what it reads. The pool then closes that connection,
 * and the statement runs again unprepared, because other connections may have the same outdated statement. Behind a
 * connection pooler that does not know prepared statements, all statements are unprepared after the first failure.
 */
export function createPrepare({ hasNames, timeoutMs, onQuery, logQuery, onWarning }: PrepareDeps): Prepare {
  let mayBeNamed = hasNames;

  function send(pool: NativePool, query: NativeQuery): Promise<Row[]> {
    return translateErrors(queryWithTimeout(pool, query, timeoutMs));
  }

  function stopNaming(): void {
    if (mayBeNamed) onWarning(poolerWarning);
    mayBeNamed = false;
  }

  async function sendNamed(pool: NativePool, query: NativeQuery): Promise<Row[]> {
    const { name: _, ...unnamed } = query;
    if (!mayBeNamed) return send(pool, unnamed);
    try {
      return await send(pool, query);
    } catch (error) {
      const state = causeCodeOf(error);
      if (pooledStates.has(state)) stopNaming();
      else if (!outdatedStates.has(state)) throw error;
      return send(pool, unnamed);
    }
  }

  return function prepare(sql) {
    const text = toNumbered(sql);
    const name = `durin_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;

    return async function runPrepared(pool, given) {
      const values = [...given];
      const rewritten = onQuery(sql, values);
      const startedAt = performance.now();
      let results: number | null = null;
      try {
        const rows = await (rewritten === sql
          ? sendNamed(pool, { name, text, values })
          : send(pool, { text: toNumbered(rewritten), values }));
        results = rows.length;
        return rows;
      } finally {
        logQuery({ sql: rewritten, values, took: Math.round(performance.now() - startedAt), results });
      }
    };
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
