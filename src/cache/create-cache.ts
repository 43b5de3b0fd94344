import type { SessionFormat } from '../database/token-store.ts';
import type { Bus } from './bus.ts';
import type { ChangeListener } from './changes/changes.ts';
import { hearChanges } from './changes/hear-changes.ts';
import { createLayeredCache } from './layered-cache.ts';
import { createMemoryCache } from './memory-cache.ts';
import type { SessionCache } from './session-cache.ts';
import { createSharedCache } from './shared-cache.ts';
import { createSharedStore, type KeyValueStore } from './shared-store.ts';
import { createEntryMac } from './trust/entry-mac.ts';
import type { OutageListener } from './trust/outage-report.ts';
import { reportBusOutages } from './trust/report-bus-outages.ts';

export interface CacheSettings {
  readonly ttlMs: number;
  readonly maxSessions: number;
  readonly deadlineMs: number;
  /** `null`: sessions are cached in this process only. */
  readonly store: KeyValueStore | null;
  /** `null`: with a store, sessions are not cached in this process. */
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
  /** Learns of outages of the store. */
  readonly onOutage: OutageListener;
  /** Learns of outages of the bus. */
  readonly onBusOutage: OutageListener;
  /** Learns of the changes that the bus brings. */
  readonly changes: ChangeListener;
}

/** The most for which it is remembered that a token has no session. */
const maxMissMs = 5000;

/** Creates the cache that the settings describe: in this process, shared, or both. */
export function createCache(settings: CacheSettings, deps: CacheDeps): SessionCache {
  const { ttlMs, maxSessions, deadlineMs, store, bus } = settings;
  const { format, namespace, secrets, now, onOutage, onBusOutage, changes } = deps;
  if (store === null) return createMemoryCache({ ttlMs, maxSessions, missTtlMs: Math.min(ttlMs, maxMissMs), now });
  const memory = createMemoryCache({ ttlMs, maxSessions, now });
  const sharedStore = createSharedStore(store, deadlineMs);
  const mac = createEntryMac(secrets);
  const shared = createSharedCache({ store: sharedStore, format, mac, namespace, ttlMs, maxSessions, now, onOutage });
  if (bus === null) return shared;
  const heard = hearChanges(reportBusOutages(bus, onBusOutage), namespace, changes);
  return createLayeredCache({ memory, shared, bus: heard, namespace, now });
}
