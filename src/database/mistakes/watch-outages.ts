import { isDurinError } from '../../errors.ts';
import type { OutageReport } from '../../health/outage-report.ts';
import type { Database } from '../database.ts';
import { codeOf, isOutage } from '../failures.ts';

/** Returns the work. Reports its failure if the database cannot be used, and its success if it can again. */
export type WatchOutages = <T>(work: Promise<T>) => Promise<T>;

/** Watches all statements of the database. */
export function watchDatabase(database: Database, watch: WatchOutages): Database {
  return {
    ...database,
    run: (sql, parameters) => watch(database.run(sql, parameters)),
    prepare(sql) {
      const runStatement = database.prepare(sql);
      return (parameters) => watch(runStatement(parameters));
    },
    prepareLookUp(select, column) {
      const find = database.prepareLookUp(select, column);
      return (key) => watch(find(key));
    },
    atomically: (work) => watch(database.atomically(work)),
  };
}

export function createWatchOutages({ began, ended }: OutageReport): WatchOutages {
  let hasFailed = false;

  function succeeded(): void {
    if (!hasFailed) return;
    hasFailed = false;
    ended();
  }

  function failed(error: unknown): void {
    if (!isDurinError(error) || error.durin.code !== 'STORE_UNAVAILABLE' || !isUnusable(error.cause)) return;
    hasFailed = true;
    began(error.cause);
  }

  return function watchOutages(work) {
    work.then(succeeded, failed);
    return work;
  };
}

const sqlStatePattern = /^(?:\d|F0|HV|P0|XX)[\dA-Z]{3,4}$/;

/**
 * The SQLSTATEs of a database that no statement can use: read only after a failover, a role that may not log in or may not read
 * the tables, no such database, no disk space left, system errors. The other ones are about one statement.
 */
const unusableStates = /^(?:25006|28...|3D000|42501|53...|58...|XX...)$/;

/** A cause without a code is a timeout, or a mistake by name such as a missing table. A socket's or TLS's code is no SQLSTATE. */
function isUnusable(cause: unknown): boolean {
  const code = codeOf(cause);
  return code === null || isOutage(cause) || !sqlStatePattern.test(code) || unusableStates.test(code);
}
