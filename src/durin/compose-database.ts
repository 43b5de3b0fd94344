import { withTimeout } from '../async/with-timeout.ts';
import { createDatabase } from '../database/database.ts';
import { type BoundedByTimeout, createDatabaseTimeout } from '../database/database-timeout.ts';
import { createWatchOutages, watchDatabase } from '../database/mistakes/watch-outages.ts';
import type { ChangeContext } from '../database/records/change-context.ts';
import type { Schema } from '../database/schema.ts';
import { createCommittedEvents, type EventHub } from '../events.ts';
import { createOutageReport } from '../health/outage-report.ts';
import { createPartStates } from '../health/part-states.ts';
import type { Settings } from '../options/settings.ts';

export interface ComposeDatabaseDeps
  extends Pick<Settings, 'orm' | 'databaseTimeoutMs' | 'preparedStatements' | 'onWarning' | 'now'> {
  readonly hub: EventHub;
  readonly schema: Pick<Schema, 'tokens'>;
  readonly changeContext: ChangeContext;
}

/** How long the database may take to answer when something else has failed, in milliseconds. */
const confirmMs = 1000;

/** Builds the connection to the database, and what depends on it alone: events after commits, and the report of outages. */
export function composeDatabase(deps: ComposeDatabaseDeps) {
  const { orm, hub, schema, databaseTimeoutMs, preparedStatements, changeContext, onWarning, now } = deps;
  const connection = createDatabase(orm, databaseTimeoutMs, preparedStatements, changeContext, onWarning);
  const events = createCommittedEvents(hub, connection);
  const partStates = createPartStates({ events, onWarning, now });
  const outage = createOutageReport(partStates.watch('database'));
  /** Reads no row. It fails like a look-up where a migration or a right is missing. */
  const nothing = `select 1 from ${schema.tokens} limit 0`;
  const readUnwatched = connection.prepare(nothing);
  const confirm = () => connection.outsideTransaction(() => readUnwatched([]));
  const watch = createWatchOutages(
    outage,
    () => withTimeout(confirm, { timeoutMs: confirmMs, service: 'the database' }),
    connection.explainTimeout,
  );
  const database = watchDatabase(connection, watch.statement);
  const readNothing = database.prepare(nothing);
  const boundedByTimeout = createDatabaseTimeout(databaseTimeoutMs, connection.isInTransaction);
  const bounded: BoundedByTimeout = (work) => watch.failures(boundedByTimeout(work)); // also of what is no longer waited for
  return {
    database,
    bounded,
    events,
    partStates,
    watchFailures: watch.failures,
    checks: { database: () => database.outsideTransaction(() => readNothing([])) },
    stopReports: outage.stop,
  };
}
