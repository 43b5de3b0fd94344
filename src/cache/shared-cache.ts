import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { batch } from '../async/batch.ts';
import { createFlights } from '../async/single-flight.ts';
import type { LoadSession, SessionFormat } from '../database/token-store.ts';
import { type CachedSession, type Scope, type SessionCache, tokenScope } from './session-cache.ts';
import type { SharedStore } from './shared-store.ts';
import { createEntryFormat, type Owner, ownerOf, type StoredEntry, scopesOf } from './stored-entry.ts';

/*
 * The fence
 *
 * The store holds entries (what a reader read from the database) and fences (that something changed). It is trusted with
 * neither order nor time: a write may come late, a value may be gone. Still no entry that was read before a change is used
 * after the change was announced. Each scope (a token, a user, a client, all) has one fence, a random value:
 *
 *   change  1. commit; 2. write a new value to the fence of the scope; 3. of a token, delete the entry; 4. return
 *   look-up 1. read the entry and the four fences in one go; 2. an entry that carries just these values, and is not too
 *           old by the clock, is used; 3. else read the database, and write an entry that carries the fences' values
 *
 * Why no interleaving lets a revoked token through. An entry carries the values that its reader saw before it read the
 * database. If the change was committed by then, the entry is true. If not, the change's fence was written after the
 * reader had seen the old value; from step 4 on every look-up sees the new value, and the entry carries the old one:
 * whenever and however late it is written, it is not used. So deleting (3) only tidies up.
 *
 * A fence may go once no entry can be left that carries an older value. An entry says when its reader began to look. Each
 * process uses it for its own `ttl` from then on, whoever wrote it; so one that was deployed with a shorter `ttl` keeps to
 * that. No `ttl` is longer than `maxSharedTtlMs`, which is the same for all; a fence lives for that and some slack for clocks
 * that differ. So it outlives every use of an older entry, whatever the `ttl` of who wrote the fence, of who wrote the entry
 * and of who uses it. A reader that was slower than the slack does not write its entry at all.
 *
 * A reader that does not know yet whose token it is sees the user's and the client's fences after the database only. It
 * may write its entry if they are not there at all: then they were not written while it read, either. One that finds the
 * entry of such a token reads those two fences, and that of all once more, since the store may have been emptied between.
 *
 * An entry's age is judged last: what was fenced before a look-up began was there to be read until the entry was too old.
 *
 * The fence of all must be there. A store that has lost everything has lost fences, too, so what was written to it before
 * is not used: the first reader writes a new value. A process that could not reach the store, for whatever reason, does
 * not look into it again before it has written a new value there: the fences that it could not write, and those that a
 * restarted store forgot, are made good by that. What fails while it writes that is made good by the next one. Nor is any
 * needed once `maxSharedTtlMs` has passed, since no entry is of use then.
 *
 * What is not seen through: a store that is set back to an older state, fences and entries alike, between two calls of
 * every process. As soon as one process notices, it is made good for all.
 */

export interface SharedCacheOptions {
  readonly store: SharedStore;
  readonly format: SessionFormat;
  /** At most `maxSharedTtlMs`. */
  readonly ttlMs: number;
  /** Tokens of which this process remembers what the store last said of them, so as not to parse it again. */
  readonly maxSessions: number;
  /** The clock, in milliseconds. All processes should agree on it to within the slack. */
  readonly now: () => number;
}

/** The longest that any process uses an entry of a store, in milliseconds. */
export const maxSharedTtlMs = 3_600_000;
/** By how much a reader may be late, and clocks may differ. */
const slackMs = 10_000;
/** How long the store is left alone after it failed. */
const restMs = 250;
/** Tokens of which this process remembers whose they are, which never changes. */
const maxOwners = 100_000;
/** The most tokens that are looked up in one go. */
const maxBatchSize = 128;
/** The fence of all stays; a month stands for ever, since not every store takes that. */
const allFenceMs = 30 * 86_400_000;

/** The value of each scope's fence that was looked at; `null`: it is not there. */
type Fences = ReadonlyMap<Scope, string | null>;

/** The fences that there were, and when they began to be read. */
interface FencesSeen {
  readonly startedAt: number;
  readonly fences: Fences;
}

/** What a look into the store showed. */
interface Look extends FencesSeen {
  readonly session: CachedSession | null;
}

const fenceKey = (scope: Scope) => `durin:fence:${scope}`;

export interface SharedCache extends SessionCache {
  /** Calls back whenever this process, having distrusted the store, has made void all that was in it. */
  onRecovery(listener: () => void): void;
}

/** Remembers sessions in a store that several processes share. The protocol is told above. */
export function createSharedCache({ store, format, ttlMs, maxSessions, now }: SharedCacheOptions): SharedCache {
  const entries = createEntryFormat(format, maxSessions);
  const owners = new LRUCache<string, Owner>({ max: maxOwners });
  const flights = createFlights<CachedSession | null>();
  const entryKey = (selector: string) => `durin:session:${format.layout}:${selector}`;
  let isTrusted = true;
  let failures = 0;
  let tellRecovered: (() => void) | null = null;
  let recovery: NodeJS.Timeout | null = null;
  let isClosed = false;

  /** Leaves the store alone until a new value of the fence of all makes everything in it void. */
  function distrust(): void {
    isTrusted = false;
    failures += 1;
    if (!isClosed) recovery ??= setTimeout(() => void recover(), restMs).unref();
  }

  store.onTrouble?.(distrust);

  async function recover(): Promise<void> {
    recovery = null;
    const failuresBefore = failures;
    try {
      await raise('all');
    } catch {
      return distrust();
    }
    if (failures !== failuresBefore) return; // a fence may have failed after this one was written: there is a next time
    isTrusted = true;
    tellRecovered?.();
  }

  async function raise(scope: Scope): Promise<string> {
    const value = randomUUID();
    await store.set(fenceKey(scope), value, scope === 'all' ? allFenceMs : maxSharedTtlMs + slackMs);
    return value;
  }

  async function readFences(scopes: readonly Scope[]): Promise<Fences> {
    const values = await store.getMany(scopes.map(fenceKey));
    return new Map(scopes.map((scope, index) => [scope, values[index] ?? null]));
  }

  /** Reads the entries and fences of several tokens in one go. */
  const lookAt = batch(async function lookAtSeveral(selectors: readonly string[]): Promise<Map<string, Look>> {
    const startedAt = now();
    const scopes = new Set<Scope>(['all']);
    for (const selector of selectors)
      for (const scope of [tokenScope(selector), ...(owners.get(selector) ?? [])]) scopes.add(scope);
    const values = await store.getMany([...selectors.map(entryKey), ...Array.from(scopes, fenceKey)]);
    const fences = new Map(Array.from(scopes, (scope, index) => [scope, values[selectors.length + index] ?? null]));
    if (fences.get('all') === null) fences.set('all', await raise('all'));
    const found = selectors.map((selector, index) => entries.read(selector, values[index]));
    const seen = { startedAt, fences: await completed(fences, found) };
    return new Map(selectors.map((selector, index) => [selector, judge(selector, found[index] ?? null, seen)]));
  }, maxBatchSize);

  /** With the fences of owners that were not known, unless the store has lost everything since the others were read. */
  async function completed(seen: Fences, found: readonly (StoredEntry | null)[]): Promise<Fences> {
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
    const isUsable = now() < usableUntil; // asked now: a fence that was written before it was read was there until then
    const isUnchanged = scopesOf(selector, owner).every((scope, index) => seen.fences.get(scope) === fences[index]);
    return { ...seen, session: isUsable && isUnchanged ? { record, usableUntil } : null };
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
        const entry = entries.write({ readAt: seen.startedAt, fences: values, owner }, loaded.row);
        await store.set(entryKey(selector), entry, ttlMs);
      }
    } catch {
      distrust();
    }
    return session;
  }

  /** `null`: it can not be told what the fences were before the database was read. */
  async function fencesBeforeLoad({ fences }: FencesSeen, owner: Owner): Promise<Fences | null> {
    const unseen = owner.filter((scope) => !fences.has(scope));
    if (unseen.length === 0) return fences;
    const after = await readFences(unseen);
    return [...after.values()].every((value) => value === null) ? new Map([...fences, ...after]) : null;
  }

  async function loadOnly(selector: string, load: LoadSession): Promise<CachedSession | null> {
    const loaded = await load(selector);
    return loaded && { record: loaded.record, usableUntil: now() };
  }

  return {
    /**
     * Who began to look before a load did may share its answer. Who began later waits for it, but looks again then: it may
     * have begun before a change that he must see.
     */
    async find(selector, load) {
      if (!isTrusted) return loadOnly(selector, load);
      const number = flights.begin();
      let look: Look | null = null;
      try {
        look = await lookAt(selector);
        const flight = look?.session ? undefined : flights.find(selector);
        if (flight !== undefined && flight.number < number) {
          await flight.landed;
          look = await lookAt(selector);
        }
      } catch {
        distrust();
      }
      if (look === null) return loadOnly(selector, load);
      if (look.session !== null) return look.session;
      const flight = flights.find(selector);
      if (flight !== undefined && flight.number > number) return flight.answer;
      const seen: FencesSeen = look;
      return flights.start(selector, () => loadAndFill(selector, load, seen));
    },

    async forget(scope) {
      try {
        await raise(scope);
        if (scope.startsWith('token:')) await store.delete(entryKey(scope.slice('token:'.length)));
      } catch {
        distrust();
      }
    },

    onRecovery(listener) {
      tellRecovered = listener;
    },

    async close() {
      isClosed = true;
      if (recovery !== null) clearTimeout(recovery);
      if (!isTrusted) await recover(); // the last chance of fences that could not be written
      await store.close?.();
    },
  };
}
