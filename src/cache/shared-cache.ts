import { LRUCache } from 'lru-cache';
import { createCircuitBreaker } from '../async/circuit-breaker.ts';
import { createSingleFlight } from '../async/single-flight.ts';
import type { LoadSession, SessionFormat } from '../database/token-store.ts';
import { createOutageReport, type OutageListener } from '../health/outage-report.ts';
import { createLookUpCounts, type LookUpCounts } from '../health/telemetry.ts';
import { atMost } from '../values/at-most.ts';
import { createFenceStore, type Marks, markOf, slackMs } from './fence-store.ts';
import { type CachedSession, type Scope, type SessionCache, selectorOf } from './session-cache.ts';
import { createSharedLookUp, type Look, type MarksSeen } from './shared-look-up.ts';
import type { SharedStore } from './shared-store.ts';
import { createEntryFormat, type Owner, ownerOf, scopesOf } from './stored-entry.ts';
import { bucketOf } from './trust/buckets.ts';
import type { EntryMac } from './trust/entry-mac.ts';
import { createKnownChanges } from './trust/known-changes.ts';
import { createWriteCheck } from './trust/write-check.ts';

export interface SharedCacheDeps {
  readonly store: SharedStore;
  readonly format: SessionFormat;
  readonly mac: EntryMac;
  /** Starts the keys; the same in all processes of an app, and different in every other app. */
  readonly namespace: string;
  /** At most `maxSharedTtlMs`. */
  readonly ttlMs: number;
  /** The most tokens whose last entry this process remembers in parsed form. */
  readonly maxSessions: number;
  /** The clock, in milliseconds. The clocks of all processes must agree to within `slackMs`. */
  readonly now: () => number;
  /** A clock that nobody sets, in milliseconds. Default: that of the process. */
  readonly monotonicNow?: () => number;
  readonly onOutage: OutageListener;
  /** Default: nobody reads them. */
  readonly lookUps?: LookUpCounts;
}

/** How long the store is left alone after it failed. */
const cooldownMs = 250;
/** The most tokens whose owner this process remembers. */
const maxOwners = 100_000;
/** The most changes that this process remembers: about 2 MB. */
const maxKnownChanges = 10_000;
/** The longest time in which a process uses the store without a write that the store accepts. */
const writeCheckMs = 1000;

export interface SharedCache extends SessionCache {
  checkStore(): Promise<void>;
  /** Calls back each time this process has invalidated the whole store after a failure, with the value of the new epochs. */
  onRecovery(listener: (fence: string) => void): void;
}

/** Caches sessions in a store that several processes share, by the protocol in fence-store.ts. */
export function createSharedCache(deps: SharedCacheDeps): SharedCache {
  const { store, format, mac, namespace, ttlMs, maxSessions, now, lookUps = createLookUpCounts() } = deps;
  const { monotonicNow = () => performance.now() } = deps;
  const entries = createEntryFormat({ format, mac, namespace, maxRemembered: maxSessions });
  const owners = new LRUCache<string, Owner>(atMost(maxOwners));
  const knownChanges = createKnownChanges({ ttlMs, now, maxChanges: maxKnownChanges });
  const fences = createFenceStore(store, namespace, monotonicNow);
  const lookAt = createSharedLookUp({ fences, entries, owners, knownChanges, ttlMs, now });
  const loads = createSingleFlight<CachedSession | null>();
  const outage = createOutageReport(deps.onOutage);
  let notifyRecovered: ((fence: string) => void) | null = null;
  let recoveredWith = '';
  const circuit = createCircuitBreaker({
    cooldownMs,
    async probe() {
      const evictKnown = knownChanges.snapshot();
      recoveredWith = await fences.bumpFence('all');
      evictKnown();
    },
    onOpened: outage.began,
    onClosed() {
      writeCheck.accepted();
      notifyRecovered?.(recoveredWith);
      outage.ended();
    },
  });
  const writeCheck = createWriteCheck({
    write: fences.tryToWrite,
    everyMs: writeCheckMs,
    now: monotonicNow,
    onRefused: circuit.open,
  });

  store.onError?.(circuit.open);

  /**
   * A look-up does not rely on a load that started before it: that load may have read the database before a change that
   * this look-up must see. It waits for the load, and then looks at the store again.
   * @returns `null` if the store failed
   */
  async function look(selector: string, number: number): Promise<Look | null> {
    try {
      const first = await lookAt(selector);
      const inFlight = first?.session ? undefined : loads.inFlight(selector);
      if (inFlight === undefined || inFlight.number > number) return first;
      await inFlight.settled;
      return await lookAt(selector);
    } catch (error) {
      circuit.open(error);
      return null;
    }
  }

  async function loadAndFill(selector: string, load: LoadSession, seen: MarksSeen): Promise<CachedSession | null> {
    const loaded = await load(selector);
    if (loaded === null) return null;
    const session = { record: loaded.record, usableUntil: seen.startedAt + ttlMs };
    const owner = ownerOf(loaded.record);
    owners.set(selector, owner);
    try {
      const marks = await marksBeforeLoad(seen, owner);
      if (marks !== null && now() - seen.startedAt < slackMs) {
        const carried = scopesOf(selector, owner).map((scope) => marks.get(scope) ?? '');
        const entry = entries.write(selector, { readAt: seen.startedAt, marks: carried, owner }, loaded.row);
        await store.set(entries.keyOf(selector), entry, ttlMs);
      }
    } catch (error) {
      circuit.open(error);
    }
    return session;
  }

  /** The marks from before the database was read; `null` if they cannot be known. */
  async function marksBeforeLoad({ marks, epochs }: MarksSeen, owner: Owner): Promise<Marks | null> {
    const unseen = owner.filter((scope) => !marks.has(scope));
    if (unseen.length === 0) return marks;
    const after = (await fences.read(unseen)).marks;
    const isUnchanged = unseen.every((scope) => after.get(scope) === markOf(epochs.get(bucketOf(scope)) ?? '', null));
    return isUnchanged ? new Map([...marks, ...after]) : null;
  }

  /** Writes the change's fence. If the store refuses, it voids the bucket's entries instead, if the store lets it. */
  async function tryToBumpFence(scope: Scope): Promise<string | null> {
    try {
      return await fences.bumpFence(scope);
    } catch (error) {
      circuit.open(error);
      await fences.deleteEpoch(scope).catch(circuit.open);
      return null;
    }
  }

  async function loadUncached(selector: string, load: LoadSession): Promise<CachedSession | null> {
    const loaded = await load(selector);
    return loaded && { record: loaded.record, usableUntil: now() };
  }

  return {
    findInMemory: () => null,
    /** A look-up that started before an in-flight load shares its result. */
    async find(selector, load) {
      if (!circuit.isClosed) return loadUncached(selector, load);
      const number = loads.nextNumber();
      const seen = await look(selector, number);
      if (seen === null) return loadUncached(selector, load);
      if (seen.session !== null) {
        writeCheck.runIfDue();
        lookUps.store += 1;
        return seen.session;
      }
      const inFlight = loads.inFlight(selector);
      if (inFlight !== undefined && inFlight.number > number) return inFlight.answer;
      return loads.start(selector, () => loadAndFill(selector, load, seen));
    },

    async invalidate(scope) {
      const selector = selectorOf(scope);
      const fence = await tryToBumpFence(scope);
      if (fence !== null && selector !== null) await store.delete(entries.keyOf(selector)).catch(circuit.open);
      knownChanges.add(scope, fence);
      return fence;
    },

    receive: knownChanges.add,

    onRecovery(listener) {
      notifyRecovered = listener;
    },

    async checkStore() {
      if (!circuit.isClosed) throw new Error('the store is not used');
      try {
        await fences.tryToWrite();
      } catch (error) {
        circuit.open(error);
        throw error;
      }
    },

    async close() {
      circuit.stop();
      outage.stop();
      if (!circuit.isClosed) await circuit.probeNow(); // the last chance to make up for fences that could not be written
      await store.close?.();
    },
  };
}
