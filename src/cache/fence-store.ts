import { randomBytes } from 'node:crypto';
import type { Scope } from './session-cache.ts';
import type { SharedStore } from './shared-store.ts';
import { type Bucket, bucketOf, buckets, keyIn } from './trust/buckets.ts';
import { createKnownServers, type Servers } from './trust/known-servers.ts';

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
 * Why a slot that moves is safe. A cluster moves a slot key by key, and each key is on one server at a time, so a fence that
 * was written is found. But an epoch may stay behind while a fence beside it is already written to the other server, and
 * another server may be set back once it has the slot. So a process that finds a slot split names it after all servers of
 * the cluster, and one that finds a slot on another server asks for the names again, before it uses what it has read.
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
 * every process. It does not detect that a server is set back while a slot moves to it, if no call found the slot's keys on two
 * servers meanwhile. And it does not detect that two servers hold a bucket at once, because the network between them is cut:
 * each process believes the one that it reaches, until the cluster stops the one without a majority.
 */

/** The longest that any process uses an entry of a shared store, in milliseconds. */
export const maxSharedTtlMs = 3_600_000;
/** How late a reader may be, and how far clocks may differ, in milliseconds. */
export const slackMs = 10_000;
/** An epoch is permanent. A month stands for ever, which not every store accepts. */
const epochTtlMs = 30 * 86_400_000;
/** For how long a process relies on what it knows of the store's servers, in milliseconds. */
const maxServerAgeMs = 1000;
/** For how long the store keeps what only checks whether it accepts a write, in milliseconds. */
const writtenTtlMs = 10_000;
const randomValueBytes = 12;

/** What a look-up sees of a scope: the epoch of its bucket and its fence. Text, so that entries carry it. */
export type Mark = string;
export type Marks = ReadonlyMap<Scope, Mark>;

/** @param fence `null`: the store has none */
export function markOf(epoch: string, fence: string | null): Mark {
  return `${epoch} ${fence ?? ''}`;
}

/** Whether the mark was seen after the fence was written, and before the next one was. */
export function hasFence(mark: Mark, fence: string): boolean {
  return mark.endsWith(` ${fence}`);
}

/** The epochs that this process has seen last. */
export type Epochs = ReadonlyMap<Bucket, string>;

/** What a call of the store returned. */
export interface Reading {
  readonly marks: Marks;
  /** The values that were read, those of the other keys first, in their order. */
  readonly values: readonly (string | undefined)[];
}

/**
 * The fences in a shared store: one random value for each scope, replaced with each change. They lie in buckets, and each
 * bucket has an epoch beside its fences, which is lost with them.
 */
export interface FenceStore {
  /** Replaces a scope's fence, and returns the new value. For `all`, replaces every epoch. */
  bumpFence(scope: Scope): Promise<string>;
  /**
   * Reads the marks of scopes, and other keys, in one call of the store. The fences come before the epochs, so that a
   * store which reads one key after the other does not miss a loss between them.
   */
  read(scopes: Iterable<Scope>, others?: readonly string[]): Promise<Reading>;
  /** The epochs as they are known now. Those that no call has read yet are read by the next one. */
  knownEpochs(): Epochs;
  /** Deletes the epoch of the scope's bucket, so that every entry that depends on it is void. A store that is full still deletes. */
  deleteEpoch(scope: Scope): Promise<void>;
  /** Writes once to each server of the store. */
  tryToWrite(): Promise<void>;
}

/**
 * @param namespace the same in all processes of an app, and different in every other app
 * @param now a clock that nobody sets, in milliseconds
 */
export function createFenceStore(store: SharedStore, namespace: string, now: () => number): FenceStore {
  const fenceKey = (scope: Scope) => keyIn(bucketOf(scope), 'fence', `${namespace}:${scope}`);
  const epochKey = (bucket: Bucket) => keyIn(bucket, 'epoch', namespace);
  const writtenKey = (bucket: Bucket) => keyIn(bucket, 'written', namespace);
  const epochKeys = buckets.map(epochKey);
  let epochs: Epochs = new Map();
  const servers = createKnownServers({
    askStore: async () => (await store.serversOf?.(epochKeys)) ?? [],
    maxAgeMs: maxServerAgeMs,
    now,
  });
  store.onTopologyChange?.(servers.forget);

  async function bumpEpoch(bucket: Bucket, value: string, serverOf: Servers): Promise<string> {
    const epoch = `${value}.${serverOf(bucket)}`;
    await store.set(epochKey(bucket), epoch, epochTtlMs);
    return epoch;
  }

  /** Without an epoch of this server, fences may be lost or set back: a new epoch voids what was written before. */
  async function settleEpoch(bucket: Bucket, found: string | undefined, serverOf: Servers): Promise<string> {
    if (found?.endsWith(`.${serverOf(bucket)}`) === true) return found;
    return bumpEpoch(bucket, randomValue(), serverOf);
  }

  function remember(seen: Epochs): void {
    const isKnown = [...seen].every(([bucket, epoch]) => epochs.get(bucket) === epoch);
    if (!isKnown) epochs = new Map([...epochs, ...seen]);
  }

  async function bumpEveryEpoch(): Promise<string> {
    const value = randomValue();
    const serverOf = servers.current() ?? (await servers.ask());
    await Promise.all(buckets.map((bucket) => bumpEpoch(bucket, value, serverOf)));
    return value;
  }

  return {
    async bumpFence(scope) {
      if (scope === 'all') return bumpEveryEpoch();
      const value = randomValue();
      await store.set(fenceKey(scope), value, maxSharedTtlMs + slackMs);
      return value;
    },
    async read(given, others = []) {
      const scopes = [...given];
      const sought = epochs.size === buckets.length ? [...new Set(scopes.map(bucketOf))] : buckets;
      const reading = store.getMany([...others, ...scopes.map(fenceKey), ...sought.map(epochKey)]);
      if (servers.current() === null) servers.ask().catch(() => {}); // within the same round trip
      const values = await reading;
      const serverOf = servers.current() ?? (await servers.ask());
      const found = values.slice(others.length + scopes.length);
      const settled = await Promise.all(sought.map((bucket, index) => settleEpoch(bucket, found[index], serverOf)));
      const epochOf = new Map(sought.map((bucket, index) => [bucket, settled[index] ?? '']));
      remember(epochOf);
      const fences = values.slice(others.length);
      const marks = scopes.map((scope, index) => markOf(epochOf.get(bucketOf(scope)) ?? '', fences[index] ?? null));
      return { marks: new Map(scopes.map((scope, index) => [scope, marks[index] ?? ''])), values };
    },
    knownEpochs: () => epochs,
    async deleteEpoch(scope) {
      const voided = scope === 'all' ? buckets : [bucketOf(scope)];
      await Promise.all(voided.map((bucket) => store.delete(epochKey(bucket))));
    },
    async tryToWrite() {
      const serverOf = servers.current() ?? (await servers.ask());
      const oneOfEach = new Map(buckets.map((bucket) => [serverOf(bucket) || bucket, bucket])); // of each server, or all
      const writes = Array.from(oneOfEach.values(), (bucket) => store.set(writtenKey(bucket), '', writtenTtlMs));
      await Promise.all(writes);
    },
  };
}

function randomValue(): string {
  return randomBytes(randomValueBytes).toString('base64url');
}
