import { isDurinError } from '../../errors.ts';
import type { OutageReport } from '../../health/outage-report.ts';
import type { Database } from '../database.ts';
import type { BoundedByTimeout } from '../database-timeout.ts';
import { codeOf, isOutage } from '../failures.ts';

/** Runs work, and reports its failure if the database cannot be used, and its success if it can again. */
type Watch = <T>(work: Promise<T>) => Promise<T>;

/** Reports when the database cannot be used, whatever statement finds it out. */
export function reportOutagesOf(database: Database, outage: OutageReport): Database {
  const watch = createWatch(outage);
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

/** Also reports work that durin does not wait for any longer. */
export function reportOutagesOfBounded(bounded: BoundedByTimeout, outage: OutageReport): BoundedByTimeout {
  const watch = createWatch(outage);
  return (work) => watch(bounded(work));
}

function createWatch({ began, ended }: OutageReport): Watch {
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

  return function watch(work) {
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
