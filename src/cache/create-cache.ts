import type { Listen } from '../database/notify/listening.ts';
import type { SessionFormat } from '../database/token-store.ts';
import type { OutageListener } from '../health/outage-report.ts';
import { observed, type Telemetry } from '../health/telemetry.ts';
import { createBusCache } from './bus/bus-cache.ts';
import { claimBus } from './bus/claim-bus.ts';
import type { DatabaseChanges } from './bus/messages.ts';
import type { Bus } from './bus.ts';
import type { ChangeListener } from './changes/changes.ts';
import { forwardChanges } from './changes/forward-changes.ts';
import { createLayeredCache } from './layered-cache.ts';
import { createMemoryCache } from './memory-cache.ts';
import type { SessionCache } from './session-cache.ts';
import { createSharedCache, type SharedCache } from './shared-cache.ts';
import { createSharedStore, type KeyValueStore } from './shared-store.ts';
import { createEntryMac } from './trust/entry-mac.ts';
import { reportBusOutages } from './trust/report-bus-outages.ts';

export interface CacheSettings {
  readonly ttlMs: number;
  readonly maxSessions: number;
  readonly deadlineMs: number;
  /** `null`: processes share no cached sessions. */
  readonly store: KeyValueStore | null;
  /** `null`: with a store, sessions are not cached in this process; without one, there is no other process. */
  readonly bus: Bus | null;
}

export interface CacheDeps {
  readonly format: SessionFormat;
  /** Names the tokens' table among all databases. It starts the keys and messages that processes share. */
  readonly namespace: string;
  /** The app's secrets, which authenticate what is in a shared store. */
  readonly secrets: readonly string[];
  /** The clock, in milliseconds. */
  readonly now: () => number;
  /** Listens to the app's database, for a bus over it. */
  readonly listen: Listen;
  readonly databaseChanges: DatabaseChanges;
  /** Creates what learns of the outages of a part, once for each part that there is. */
  readonly watchPart: (part: 'store' | 'bus') => OutageListener;
  /** Learns of the changes that the bus brings. */
  readonly changes: ChangeListener;
  readonly telemetry: Telemetry;
  /** Called once for each thing that the operator should change. Default: nothing is reported. */
  readonly onWarning?: (message: string) => void;
  /** A clock that nobody sets, in milliseconds. Default: that of the process. */
  readonly monotonicNow?: () => number;
}

/** The most for which it is remembered that a token has no session. */
const maxMissMs = 5000;

/**
 * Creates the cache that the settings describe: in this process, shared, or both.
 * @throws DurinUsageError if the bus serves another durin
 */
export function createCache(settings: CacheSettings, deps: CacheDeps): SessionCache {
  const { ttlMs, maxSessions, store, bus } = settings;
  const { namespace, now, changes, databaseChanges, listen, watchPart } = deps;
  const { lookUps } = deps.telemetry;
  const shared = store && createShared(store, settings, deps);
  if (bus === null)
    return shared ?? createMemoryCache({ ttlMs, maxSessions, missTtlMs: Math.min(ttlMs, maxMissMs), lookUps, now });
  const memory = createMemoryCache({ ttlMs, maxSessions, lookUps, now });
  const reported = reportBusOutages(claimBus(bus, listen), watchPart('bus'));
  const forwarding = forwardChanges(reported, { namespace, databaseChanges, listener: changes });
  const layers = { memory, bus: forwarding, namespace, onStartFailed: reported.startFailed, now };
  return shared === null ? createBusCache({ ...layers, databaseChanges }) : createLayeredCache({ ...layers, shared });
}

function createShared(
  store: KeyValueStore,
  { ttlMs, maxSessions, deadlineMs }: CacheSettings,
  { format, namespace, secrets, now, watchPart, telemetry, onWarning, monotonicNow }: CacheDeps,
): SharedCache {
  const shared = createSharedCache({
    store: createSharedStore(store, deadlineMs, onWarning),
    format,
    mac: createEntryMac(secrets),
    namespace,
    ttlMs,
    maxSessions,
    now,
    ...(monotonicNow && { monotonicNow }),
    onOutage: watchPart('store'),
    lookUps: telemetry.lookUps,
  });
  return { ...shared, find: observed(telemetry, 'lookUp', shared.find) };
}
