import { LRUCache } from 'lru-cache';
import { createCircuitBreaker } from '../async/circuit-breaker.ts';
import { createSingleFlight } from '../async/single-flight.ts';
import type { LoadSession, SessionFormat } from '../database/token-store.ts';
import { createFenceStore, type Fences, slackMs } from './fence-store.ts';
import { type CachedSession, type Scope, type SessionCache, selectorOf } from './session-cache.ts';
import { createSharedLookUp, type FencesSeen, type Look } from './shared-look-up.ts';
import type { SharedStore } from './shared-store.ts';
import { createEntryFormat, type Owner, ownerOf, scopesOf } from './stored-entry.ts';
import type { EntryMac } from './trust/entry-mac.ts';
import { createKnownChanges } from './trust/known-changes.ts';
import { createOutageReport, type OutageListener } from './trust/outage-report.ts';
import { createWriteCheck } from './trust/write-check.ts';

/*
 * The fence protocol
 *
 * The store holds entries (what a reader read from the database) and fences (marks that something has changed). The
 * protocol relies neither on the order of writes nor on their timing: a write may arrive late, and a value may vanish.
 * Even so, no entry that was read before a change is used after the change was announced. Each scope (a token, a user, a
 * client, all) has one fence, which is a random value:
 *
 *   change   1. commit; 2. write a new value to the scope's fence; 3. for a token, delete its entry; 4. return
 *   look-up  1. read the entry and its four fences in one call; 2. if the entry carries exactly these values and is not
 *            too old by the clock, use it; 3. otherwise read the database, and write an entry that carries the values
 *            from step 1
 *
 * Why no interleaving lets a revoked token through. An entry carries the fence values that its reader saw before it read
 * the database. Either the change was already committed when the reader read the database: then the entry is correct. Or
 * it was not: then its fence was written after the reader had seen the old value. From step 4 of the change on, every
 * look-up sees the new value, while the entry carries the old one. The entry is never used, no matter when it is written
 * or how late. So the deletion in step 3 only tidies up.
 *
 * When a fence may expire. A fence may vanish once no usable entry can carry an older value. An entry records when its
 * reader started to look. Each process uses the entry for its own `ttl` counted from then, no matter which process wrote
 * it, so a process that is deployed with a shorter `ttl` keeps to it. No `ttl` exceeds `maxSharedTtlMs`, which is the
 * same in every process. A fence lives for `maxSharedTtlMs` plus `slackMs`, which allows for clocks that differ. So it
 * outlives every use of an older entry, whatever the `ttl` of the process that wrote the fence, of the one that wrote the
 * entry and of the one that uses it. A reader that took longer than `slackMs` does not write its entry at all.
 *
 * A token whose owner is unknown. Such a reader can read the fences of the user and of the client only after it has read
 * the database. It may write its entry if neither fence exists: then neither was written while it read the database. A
 * reader that finds the entry of a token whose owner it does not know reads those two fences in a second call. It also
 * reads the fence of `all` again, because the store may have been emptied between the two calls.
 *
 * Why an entry's age is checked last. A fence that was written before the look-up started stays readable until every
 * older entry is too old. If the entry is still young enough after the fences were read, the fence was there to be seen.
 *
 * The fence of `all` must exist. A store that has lost everything has lost its fences too, so nothing that was written
 * before the loss may be used: the first reader that finds no fence of `all` writes a new value. A process whose call to
 * the store failed, for whatever reason, does not use the store again before it has written a new value to that fence.
 * This makes up for the fences that it could not write, and for those that a restarted store has lost. If another
 * call fails while it writes that value, a later value makes up for it. After `maxSharedTtlMs` nothing is left to make up
 * for, because no entry from before is usable.
 *
 * When the store refuses the fence. A change whose fence was refused deletes the fence of `all` instead, which voids
 * everything: a full Redis still deletes. A store that refuses that too, such as a replica, is found out by every
 * process that uses it, because each writes at least every `writeCheckMs` and uses no store that refuses. In addition,
 * a process remembers the changes that it made or received, and uses no older entry, whatever the store holds
 * (trust/known-changes.ts).
 *
 * Who may write to the store. Entries are sealed with a key that is derived from `secret`, and belong to their key in the
 * store, so nobody else can make one, or move one to another token. Fences are not sealed, because that would prevent
 * nothing: an entry can only be revived by the fence values that it carries, and those were genuine. So an
 * attacker who can write to the store can only set back a fence, which revives a session for the rest of its entry's
 * `ttl`. Processes that know of the change do not accept even that.
 *
 * What the protocol cannot detect: a store that is reset to an older state, fences and entries alike, between two calls
 * of every process. As soon as one process notices, its new fence of `all` repairs the store for every process.
 */

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
  readonly onOutage: OutageListener;
}

/** How long the store is left alone after it failed. */
const cooldownMs = 250;
/** The most tokens whose owner this process remembers. */
const maxOwners = 100_000;
/** The most changes that this process remembers: about 2 MB. */
const maxKnownChanges = 10_000;
/** The longest time in which a process uses the store without a write that the store accepts. */
const writeCheckMs = 1000;
/** For how long the store keeps what only checks whether it accepts a write. */
const writeCheckTtlMs = 10_000;

export interface SharedCache extends SessionCache {
  /** Calls back each time this process has invalidated the whole store after a failure, with the new fence of `all`. */
  onRecovery(listener: (fence: string) => void): void;
}

/** Caches sessions in a store that several processes share, by the protocol above. */
export function createSharedCache(deps: SharedCacheDeps): SharedCache {
  const { store, format, mac, namespace, ttlMs, maxSessions, now } = deps;
  const entries = createEntryFormat({ format, mac, namespace, maxRemembered: maxSessions });
  const owners = new LRUCache<string, Owner>({ max: maxOwners });
  const knownChanges = createKnownChanges({ ttlMs, now, maxChanges: maxKnownChanges });
  const fenceStore = createFenceStore(store, namespace);
  const { bumpFence, readFences } = fenceStore;
  const lookAt = createSharedLookUp({ store, fences: fenceStore, entries, owners, knownChanges, ttlMs, now });
  const loads = createSingleFlight<CachedSession | null>();
  const outage = createOutageReport(deps.onOutage);
  let notifyRecovered: ((fence: string) => void) | null = null;
  let recoveredWith = '';
  const circuit = createCircuitBreaker({
    cooldownMs,
    async probe() {
      const evictKnown = knownChanges.snapshot();
      recoveredWith = await bumpFence('all');
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
    write: () => store.set(`durin:written:${namespace}`, '', writeCheckTtlMs).then(() => writeCheck.accepted()),
    everyMs: writeCheckMs,
    now,
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

  async function loadAndFill(selector: string, load: LoadSession, seen: FencesSeen): Promise<CachedSession | null> {
    const loaded = await load(selector);
    if (loaded === null) return null;
    const session = { record: loaded.record, usableUntil: seen.startedAt + ttlMs };
    const owner = ownerOf(loaded.record);
    owners.set(selector, owner);
    try {
      const fences = await fencesBeforeLoad(seen, owner);
      if (fences !== null && now() - seen.startedAt < slackMs) {
        const values = scopesOf(selector, owner).map((scope) => fences.get(scope) ?? null);
        const entry = entries.write(selector, { readAt: seen.startedAt, fences: values, owner }, loaded.row);
        await store.set(entries.keyOf(selector), entry, ttlMs);
        writeCheck.accepted();
      }
    } catch (error) {
      circuit.open(error);
    }
    return session;
  }

  /** The fences from before the database was read; `null` if they cannot be known. */
  async function fencesBeforeLoad({ fences }: FencesSeen, owner: Owner): Promise<Fences | null> {
    const unseen = owner.filter((scope) => !fences.has(scope));
    if (unseen.length === 0) return fences;
    const after = await readFences(unseen);
    return [...after.values()].every((value) => value === null) ? new Map([...fences, ...after]) : null;
  }

  /** Writes the change's fence. If the store refuses, it voids all entries instead, if the store lets it. */
  async function tryToBumpFence(scope: Scope): Promise<string | null> {
    try {
      return await bumpFence(scope);
    } catch (error) {
      circuit.open(error);
      await fenceStore.deleteAllFence().catch(circuit.open);
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

    async close() {
      circuit.stop();
      outage.stop();
      if (!circuit.isClosed) await circuit.probeNow(); // the last chance to make up for fences that could not be written
      await store.close?.();
    },
  };
}
