import type { LRUCache } from 'lru-cache';
import { batch } from '../async/batch.ts';
import type { FenceStore, Fences } from './fence-store.ts';
import { type CachedSession, type Scope, tokenScope } from './session-cache.ts';
import type { SharedStore } from './shared-store.ts';
import { type EntryFormat, type Owner, type StoredEntry, scopesOf } from './stored-entry.ts';
import type { KnownChanges } from './trust/known-changes.ts';

export interface SharedLookUpDeps {
  readonly store: SharedStore;
  readonly fences: FenceStore;
  readonly entries: EntryFormat;
  /** The owners of tokens, as far as this process knows them. A token's owner never changes. */
  readonly owners: LRUCache<string, Owner>;
  readonly knownChanges: KnownChanges;
  /** For how long this process uses an entry, in milliseconds. */
  readonly ttlMs: number;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** The fences that were seen, and when the look at the store started. */
export interface FencesSeen {
  readonly startedAt: number;
  readonly fences: Fences;
}

/** What one look at the store showed of a token. */
export interface Look extends FencesSeen {
  /** `null`: there is no entry that may be used. */
  readonly session: CachedSession | null;
}

/** The most tokens that are looked up in one call of the store. */
const maxBatchSize = 128;

/** Looks tokens up in the shared store: the look-up's steps 1 and 2 of the protocol in shared-cache.ts. */
export function createSharedLookUp(deps: SharedLookUpDeps): (selector: string) => Promise<Look | null> {
  const { store, entries, owners, knownChanges, ttlMs, now } = deps;
  const { keyOf: fenceKey, bumpFence, readFences } = deps.fences;

  /** Reads the entries and fences of several tokens in one call. */
  async function lookAtSeveral(selectors: readonly string[]): Promise<Map<string, Look>> {
    const startedAt = now();
    const scopes = new Set<Scope>(['all']);
    for (const selector of selectors)
      for (const scope of [tokenScope(selector), ...(owners.get(selector) ?? [])]) scopes.add(scope);
    const values = await store.getMany([...selectors.map(entries.keyOf), ...Array.from(scopes, fenceKey)]);
    const fences = new Map(Array.from(scopes, (scope, index) => [scope, values[selectors.length + index] ?? null]));
    if (fences.get('all') === null) fences.set('all', await bumpFence('all'));
    const found = selectors.map((selector, index) => entries.read(selector, values[index]));
    const seen = { startedAt, fences: await withOwnersFences(fences, found) };
    return new Map(selectors.map((selector, index) => [selector, judge(selector, found[index] ?? null, seen)]));
  }

  /** Adds the fences of owners that were unknown, unless the store has lost everything since the others were read. */
  async function withOwnersFences(seen: Fences, found: readonly (StoredEntry | null)[]): Promise<Fences> {
    const missing = new Set<Scope>();
    for (const entry of found) for (const scope of entry?.owner ?? []) if (!seen.has(scope)) missing.add(scope);
    if (missing.size === 0) return seen;
    const later = await readFences(['all', ...missing]);
    return later.get('all') === seen.get('all') ? new Map([...seen, ...later]) : seen;
  }

  function judge(selector: string, entry: StoredEntry | null, seen: FencesSeen): Look {
    if (entry === null) return { ...seen, session: null };
    const { readAt, owner, record, fences } = entry;
    const usableUntil = readAt + ttlMs;
    owners.set(selector, owner);
    const isUsable = now() < usableUntil; // checked last: see the protocol
    const scopes = scopesOf(selector, owner);
    const isUnchanged = scopes.every((scope, index) => seen.fences.get(scope) === fences[index]);
    const isAllowed = knownChanges.allow(entry, scopes);
    return { ...seen, session: isUsable && isUnchanged && isAllowed ? { record, usableUntil } : null };
  }

  return batch(lookAtSeveral, maxBatchSize);
}
