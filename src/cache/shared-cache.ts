import { LRUCache } from 'lru-cache';
import { createCircuitBreaker } from '../async/circuit-breaker.ts';
import { createSingleFlight } from '../async/single-flight.ts';
import type { LoadSession, SessionFormat } from '../database/token-store.ts';
import { createFenceStore, type Marks, markOf, slackMs } from './fence-store.ts';
import { type CachedSession, type Scope, type SessionCache, selectorOf } from './session-cache.ts';
import { createSharedLookUp, type Look, type MarksSeen } from './shared-look-up.ts';
import type { SharedStore } from './shared-store.ts';
import { createEntryFormat, type Owner, ownerOf, scopesOf } from './stored-entry.ts';
import { bucketOf } from './trust/buckets.ts';
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
 * client) has one fence, which is a random value. Fences lie in buckets, by a hash of their scope. Each bucket has an
 * epoch, a random value too, in the same slot of a cluster. A scope's mark is its fence and the epoch of its bucket.
 *
 *   change   1. commit; 2. write a new value to the scope's fence; 3. for a token, delete its entry; 4. return
 *   look-up  1. read the entry and the marks of its three scopes in one call; 2. if the entry carries exactly these marks
 *            and is not too old by the clock, use it; 3. otherwise read the database, and write an entry that carries the
 *            marks from step 1
 *
 * Why no interleaving lets a revoked token through. An entry carries the marks that its reader saw before it read the
 * database. Either the change was already committed when the reader read the database: then the entry is correct. Or it
 * was not: then its fence was written after the reader had seen the old mark. From step 4 of the change on, every look-up
 * sees the new fence, while the entry carries the old one. The entry is never used, no matter when it is written or how
 * late. So the deletion in step 3 only tidies up. A change of everything replaces every epoch, and so every mark.
 *
 * When a fence may expire. A fence may vanish once no usable entry can carry an older value. An entry records when its
 * reader started to look. Each process uses the entry for its own `ttl` counted from then, no matter which process wrote
 * it, so a process that is deployed with a shorter `ttl` keeps to it. No `ttl` exceeds `maxSharedTtlMs`, which is the
 * same in every process. A fence lives for `maxSharedTtlMs` plus `slackMs`, which allows for clocks that differ. So it
 * outlives every use of an older entry, whatever the `ttl` of the process that wrote the fence, of the one that wrote the
 * entry and of the one that uses it. A reader that took longer than `slackMs` does not write its entry at all.
 *
 * Why an epoch must exist. A store may lose everything, or one shard of a cluster may lose its part. A bucket lies on one
 * server, so a bucket that has lost a fence has lost its epoch too. The first reader that finds no epoch writes a new one,
 * and no entry from before the loss carries that. The other buckets, and the entries that depend on them alone, stay. A
 * store that does not read the keys of a call at one moment reads the fences before the epochs, so a loss between them
 * shows. This needs no process that was running at the time.
 *
 * Why an epoch names its server. A replica that is promoted may lack the last writes, and a server may start with an old
 * snapshot: then the fences are set back, and so is the epoch. But a server that is promoted or started has a new
 * replication id. An epoch carries the one of the server it was written to, and an epoch of another server counts as
 * none. A process knows the ids of its servers by asking them, again for each new connection and after a second. A store
 * that cannot name its servers has no such protection: see the end.
 *
 * A token whose owner is unknown. Such a reader can read the marks of the user and of the client only after it has read
 * the database. It may write its entry if both scopes have no fence, and the epochs of their buckets are those that this
 * process had seen before it read the database: then nothing was lost since, and neither fence was written. A reader that
 * finds the entry of a token whose owner it does not know reads those two marks in a second call.
 *
 * Why an entry's age is checked last. A fence that was written before the look-up started stays readable until every
 * older entry is too old. If the entry is still young enough after the marks were read, the fence was there to be seen.
 *
 * A process whose call to the store failed, for whatever reason, does not use the store again before it has replaced
 * every epoch. This makes up for the fences that it could not write, and for those that a restarted store has lost. If
 * another call fails meanwhile, later epochs make up for it. After `maxSharedTtlMs` nothing is left to make up for,
 * because no entry from before is usable.
 *
 * When the store refuses the fence. A change whose fence was refused deletes the epoch of its bucket instead, which voids
 * all that depends on it: a full Redis still deletes. A store that refuses that too, such as a replica, is found out by
 * every process that uses it, because each writes to each server at least every `writeCheckMs` and uses no store that
 * refuses. In addition, a process remembers the changes that it made or received, and uses no older entry, whatever the
 * store holds (trust/known-changes.ts).
 *
 * Who may write to the store. Entries are sealed with a key that is derived from `secret`, and belong to their key in the
 * store, so nobody else can make one, or move one to another token. Fences are not sealed, because that would prevent
 * nothing: an entry can only be revived by the marks that it carries, and those were genuine. So an attacker who can
 * write to the store can only set back a mark, which revives a session for the rest of its entry's `ttl`. Processes that
 * know of the change do not accept even that.
 *
 * What the protocol cannot detect: a store without names of servers that is reset to an older state, fences, epochs and
 * entries alike, between two calls of every process. As soon as one process notices, its new epochs repair the store for
 * every process. Nor can it detect that two servers hold a bucket at once, because the network between them is cut: each
 * process believes the one that it reaches, until the cluster stops the one without a majority.
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

export interface SharedCache extends SessionCache {
  /** Calls back each time this process has invalidated the whole store after a failure, with the value of the new epochs. */
  onRecovery(listener: (fence: string) => void): void;
}

/** Caches sessions in a store that several processes share, by the protocol above. */
export function createSharedCache(deps: SharedCacheDeps): SharedCache {
  const { store, format, mac, namespace, ttlMs, maxSessions, now } = deps;
  const entries = createEntryFormat({ format, mac, namespace, maxRemembered: maxSessions });
  const owners = new LRUCache<string, Owner>({ max: maxOwners });
  const knownChanges = createKnownChanges({ ttlMs, now, maxChanges: maxKnownChanges });
  const fences = createFenceStore(store, namespace, now);
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
