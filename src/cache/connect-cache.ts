import type { Database } from '../database/database.ts';
import { createNotifyingTables } from '../database/notify/notifying-tables.ts';
import { createTableListen } from '../database/notify/table-listen.ts';
import type { Schema } from '../database/schema.ts';
import type { SqlTokenStore } from '../database/tokens/sql-token-store.ts';
import type { PartStates } from '../health/part-states.ts';
import type { Telemetry } from '../health/telemetry.ts';
import { createDatabaseChanges } from './bus/database-changes.ts';
import { createChanges } from './changes/changes.ts';
import { pileWarningOf } from './changes/pile-warning.ts';
import { joinProcess } from './changes/process-peers.ts';
import { type CacheSettings, createCache } from './create-cache.ts';
import { createInvalidation } from './invalidation.ts';
import type { SessionCache } from './session-cache.ts';

export interface ConnectCacheDeps {
  readonly settings: CacheSettings | null;
  readonly secrets: readonly string[];
  readonly database: Database;
  readonly schema: Schema;
  readonly sqlTokenStore: Pick<SqlTokenStore, 'format' | 'related'>;
  readonly partStates: PartStates;
  readonly telemetry: Telemetry;
  readonly onWarning: (message: string) => void;
  /** How long the triggers of the database are asked for, in milliseconds. */
  readonly timeoutMs: number;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** Creates the cache, if there is one, and connects it with what announces changes: this durin, its peers, and the bus. */
export function connectCache(deps: ConnectCacheDeps) {
  const { settings, secrets, database, schema, sqlTokenStore, partStates, telemetry, onWarning, timeoutMs, now } = deps;
  const { namespace } = schema;
  const changes = createChanges();
  const tables = createNotifyingTables(database, schema, sqlTokenStore.related);
  const listen = createTableListen({
    listen: database.listen,
    outsideTransaction: database.outsideTransaction,
    tables,
    timeoutMs,
    onWarning,
    onSilence() {
      cache?.receive('all', null);
      changes.missed();
    },
  });
  const cache: SessionCache | null =
    settings &&
    createCache(settings, {
      format: sqlTokenStore.format,
      namespace,
      secrets,
      now,
      listen,
      databaseChanges: createDatabaseChanges({ tables, userIdOf: schema.fromUserKeyText }),
      changes,
      watchPart: partStates.watch,
      telemetry,
      onWarning,
    });
  const hasBus = settings !== null && settings.bus !== null;
  const peers = joinProcess(namespace, {
    receive(scope, fence) {
      changes.changed(scope);
      cache?.receive(scope, fence);
    },
    hasBus,
  });
  const pileWarning = hasBus ? pileWarningOf(peers) : null;
  if (pileWarning !== null) onWarning(pileWarning);
  const invalidation = createInvalidation({
    cache,
    isCacheShared: settings !== null && settings.store !== null,
    peers,
    changes,
    afterCommit: (work) => database.afterCommit(work, { onUnknownOutcome: true }),
  });
  return { cache, peers, changes, invalidation };
}
