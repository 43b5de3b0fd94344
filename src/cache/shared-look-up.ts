import type { LRUCache } from 'lru-cache';
import { batch } from '../async/batch.ts';
import type { Epochs, FenceStore, Marks } from './fence-store.ts';
import { type CachedSession, type Scope, tokenScope } from './session-cache.ts';
import { type EntryFormat, type Owner, type StoredEntry, scopesOf } from './stored-entry.ts';
import type { KnownChanges } from './trust/known-changes.ts';

export interface SharedLookUpDeps {
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

/** The marks that were seen, and when the look at the store started. */
export interface MarksSeen {
  readonly startedAt: number;
  readonly marks: Marks;
  /** The epochs of all buckets, as far as they were known then. */
  readonly epochs: Epochs;
}

/** What one look at the store showed of a token. */
export interface Look extends MarksSeen {
  /** `null`: there is no entry that may be used. */
  readonly session: CachedSession | null;
}

/** The most tokens that are looked up in one call of the store. */
const maxBatchSize = 128;

/** Looks tokens up in the shared store: the look-up's steps 1 and 2 of the protocol in fence-store.ts. */
export function createSharedLookUp(deps: SharedLookUpDeps): (selector: string) => Promise<Look | null> {
  const { fences, entries, owners, knownChanges, ttlMs, now } = deps;

  /** Reads the entries and marks of several tokens in one call. */
  async function lookAtSeveral(selectors: readonly string[]): Promise<Map<string, Look>> {
    const startedAt = now();
    const scopes = new Set<Scope>();
    for (const selector of selectors)
      for (const scope of [tokenScope(selector), ...(owners.get(selector) ?? [])]) scopes.add(scope);
    const { marks, values } = await fences.read(scopes, selectors.map(entries.keyOf));
    const found = selectors.map((selector, index) => entries.read(selector, values[index]));
    const seen = { startedAt, marks: await withOwnersMarks(marks, found), epochs: fences.knownEpochs() };
    return new Map(selectors.map((selector, index) => [selector, judge(selector, found[index] ?? null, seen)]));
  }

  /** Adds the marks of owners that were unknown. */
  async function withOwnersMarks(seen: Marks, found: readonly (StoredEntry | null)[]): Promise<Marks> {
    const missing = new Set<Scope>();
    for (const entry of found) for (const scope of entry?.owner ?? []) if (!seen.has(scope)) missing.add(scope);
    return missing.size === 0 ? seen : new Map([...seen, ...(await fences.read(missing)).marks]);
  }

  function judge(selector: string, entry: StoredEntry | null, seen: MarksSeen): Look {
    if (entry === null) return { ...seen, session: null };
    const { readAt, owner, record, marks } = entry;
    const usableUntil = readAt + ttlMs;
    owners.set(selector, owner);
    const isUsable = now() < usableUntil; // checked last: see the protocol
    const scopes = scopesOf(selector, owner);
    const isUnchanged = scopes.every((scope, index) => seen.marks.get(scope) === marks[index]);
    const isAllowed = knownChanges.allow(entry, scopes);
    return { ...seen, session: isUsable && isUnchanged && isAllowed ? { record, usableUntil } : null };
  }

  return batch(lookAtSeveral, maxBatchSize);
}
