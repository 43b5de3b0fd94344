import { createHash } from 'node:crypto';
import type { Logger } from '@mikro-orm/core';
import { causeCodeOf, sqlState, translateErrors } from '../failures.ts';
import type { Row } from '../rows/row.ts';
import type { NativePool, NativeQuery } from './native-pool.ts';

/** Sends a query on a connection of the pool. */
export type Send = (pool: NativePool, query: NativeQuery) => Promise<Row[]>;

/** Runs a statement of the pool by its name. */
export type Prepared = (pool: NativePool, values: readonly unknown[]) => Promise<Row[]>;

/** @param sql a statement with `$1` and so on for its parameters */
export type Prepare = (sql: string, send: Send) => Prepared;

/** PostgreSQL rejects these before it runs the statement, so it can run again without a name. */
const outdatedStates: ReadonlySet<string | null> = new Set([sqlState.featureNotSupported]);

/** Likewise, because a connection pooler has handed out a connection on which the names are others. */
const pooledStates: ReadonlySet<string | null> = new Set([
  sqlState.duplicatePreparedStatement,
  sqlState.invalidStatementName,
]);

/**
 * Creates the function that prepares statements. A statement's name is derived from its text, which contains the tables'
 * schema and prefix, so two durins on one pool do not collide.
 *
 * PostgreSQL rejects a prepared statement after an `alter table` on what it reads. The pool then closes that connection,
 * and the statement runs again unprepared, because other connections may have the same outdated statement. Behind a
 * connection pooler that does not know prepared statements, all statements are unprepared after the first failure.
 */
export function createPrepare(logger: Logger): Prepare {
  let isPooled = false;

  return function prepare(sql, send) {
    const name = `durin_${createHash('sha256').update(sql).digest('hex').slice(0, 16)}`;

    async function runOnce(pool: NativePool, values: unknown[]): Promise<Row[]> {
      const unprepared = { text: sql, values };
      if (isPooled) return translateErrors(send(pool, unprepared));
      try {
        return await translateErrors(send(pool, { name, ...unprepared }));
      } catch (error) {
        const state = causeCodeOf(error);
        if (pooledStates.has(state)) isPooled = true;
        else if (!outdatedStates.has(state)) throw error;
        return translateErrors(send(pool, unprepared));
      }
    }

    return async function runPrepared(pool, values) {
      const startedAt = performance.now();
      const rows = await runOnce(pool, [...values]);
      if (logger.isEnabled('query')) {
        const took = Math.round(performance.now() - startedAt);
        logger.logQuery({ query: sql, params: values, results: rows.length, took });
      }
      return rows;
    };
  };
}
