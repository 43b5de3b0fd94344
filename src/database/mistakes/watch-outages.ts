import { createSingleFlight } from '../../async/single-flight.ts';
import { DurinUsageError, isDurinError } from '../../errors.ts';
import type { OutageReport } from '../../health/outage-report.ts';
import type { Database } from '../database.ts';
import { codeOf, isOutage, isSqlState } from '../failures.ts';
import type { ExplainTimeout } from '../prepared/busy-pool.ts';

/** Returns the work, and learns from how it ends whether the database can be used. */
export type Watch = <T>(work: Promise<T>) => Promise<T>;

export interface WatchOutages {
  /** Watches a statement. Its success is the end of an outage. */
  readonly statement: Watch;
  /** Watches work that may send statements, or none, and may fail for other reasons. */
  readonly failures: Watch;
}

/** Watches all statements of the database. */
export function watchDatabase(database: Database, watch: Watch): Database {
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

/**
 * @param confirm asks the database for nothing. Where an error does not say by itself that the database cannot be used, such as
 *   a timeout, it is an outage only if this fails too: a row may have been locked for long, or a right is missing for one table
 * @param explainTimeout adds the reason to what is reported
 */
export function createWatchOutages(
  { began, ended }: OutageReport,
  confirm: () => Promise<unknown>,
  explainTimeout: ExplainTimeout,
): WatchOutages {
  const confirmations = createSingleFlight<void>();
  let hasFailed = false;

  function succeeded(): void {
    if (!hasFailed) return;
    hasFailed = false;
    ended();
  }

  function report(cause: unknown): void {
    hasFailed = true;
    began(cause);
  }

  async function confirmed(cause: unknown): Promise<void> {
    try {
      await confirm();
    } catch {
      report(cause instanceof Error && codeOf(cause) === null ? explainTimeout(cause) : cause);
    }
  }

  function failed(error: unknown): void {
    if (!isDurinError(error) || error.durin.code !== 'STORE_UNAVAILABLE') return;
    const { cause } = error;
    const verdict = judge(cause);
    if (verdict === 'unusable') report(cause);
    if (verdict === 'perhaps' && confirmations.inFlight('database') === undefined)
      void confirmations.start('database', () => confirmed(cause));
  }

  const watch =
    (onSuccess: () => void): Watch =>
    (work) => {
      work.then(onSuccess, failed);
      return work;
    };
  return { statement: watch(succeeded), failures: watch(() => undefined) };
}

/**
 * The SQLSTATEs of a database that no statement can use: read only after a failover, a role that may not log in, no such
 * database, no disk space left, system errors. The other ones are about one statement.
 */
const unusableStates = /^(?:25006|28...|3D000|53...|58...|XX...)$/;
/** That of a missing right, which may be about one table. */
const missingRight = '42501';

/**
 * Whether the database cannot be used. A cause without a code is a timeout, or a mistake by name such as a missing table. A
 * socket's or TLS's code is no SQLSTATE.
 */
function judge(cause: unknown): 'unusable' | 'perhaps' | 'usable' {
  const code = codeOf(cause);
  if (code !== null && unusableStates.test(code)) return 'unusable';
  if (code === null || code === missingRight || isOutage(cause) || !isSqlState(code)) return 'perhaps';
  return 'usable';
}

/** The SQLSTATEs of what passes by itself: concurrent transactions, a lock that was not available, a statement that took too long. */
const passingStates = /^(?:40...|55P03|57014)$/;

/** Whether the database refused what was asked of it, and would refuse it again. An outage passes. */
export function isRefusal(error: unknown): boolean {
  if (!isDurinError(error) || error.durin.code !== 'STORE_UNAVAILABLE') return true;
  const { cause } = error;
  if (cause instanceof DurinUsageError) return true; // a table is missing
  const code = codeOf(cause);
  return code === missingRight || (judge(cause) === 'usable' && !passingStates.test(code ?? ''));
}
