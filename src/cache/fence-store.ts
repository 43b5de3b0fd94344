import { randomBytes } from 'node:crypto';
import type { Scope } from './session-cache.ts';
import type { SharedStore } from './shared-store.ts';
import { type Bucket, bucketOf, buckets, keyIn } from './trust/buckets.ts';
import { createKnownServers, type Servers } from './trust/known-servers.ts';

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
 * bucket has an epoch beside its fences, which is lost with them: see the protocol in shared-cache.ts.
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

/** @param namespace the same in all processes of an app, and different in every other app */
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
      const oneOfEach = new Map(buckets.map((bucket) => [serverOf(bucket), bucket]));
      const writes = Array.from(oneOfEach.values(), (bucket) => store.set(writtenKey(bucket), '', writtenTtlMs));
      await Promise.all(writes);
    },
  };
}

function randomValue(): string {
  return randomBytes(randomValueBytes).toString('base64url');
}
