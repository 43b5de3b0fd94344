import { LRUCache } from 'lru-cache';
import { createSingleFlight } from '../async/single-flight.ts';
import { type CachedSession, concerns, type Scope, type SessionCache, selectorOf } from './session-cache.ts';

export interface MemoryCacheOptions {
  readonly ttlMs: number;
  /** The most sessions that are kept. Beyond it, the least recently used are evicted. */
  readonly maxSessions: number;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** Loads a session from behind this cache. The result may limit for how long it may be kept. */
export type LoadBehind = (selector: string) => Promise<(Pick<CachedSession, 'record'> & Partial<CachedSession>) | null>;

export interface MemoryCache extends SessionCache {
  find(selector: string, load: LoadBehind): Promise<CachedSession | null>;
  /** What `invalidate` and `receive` do. */
  evict(scope: Scope): void;
}

/**
 * Caches sessions in this process. There are no timers: an entry's age is checked when the entry is read. A change also
 * outdates the loads in progress: their results are not kept, and callers that arrive after the change do not share them.
 */
export function createMemoryCache({ ttlMs, maxSessions, now }: MemoryCacheOptions): MemoryCache {
  const sessions = new LRUCache<string, CachedSession>({ max: maxSessions });
  const loads = createSingleFlight<CachedSession | null>();

  async function loadAndKeep(
    selector: string,
    load: LoadBehind,
    isOutdated: () => boolean,
  ): Promise<CachedSession | null> {
    const startedAt = now();
    const loaded = await load(selector);
    if (loaded === null) return null;
    const usableUntil = Math.min(loaded.usableUntil ?? Infinity, startedAt + ttlMs);
    const session = { record: loaded.record, usableUntil };
    if (!isOutdated()) sessions.set(selector, session);
    return session;
  }

  function evict(scope: Scope): void {
    const changed = selectorOf(scope);
    loads.outdate((selector) => changed === null || selector === changed); // whose session it is becomes known later
    if (changed !== null) sessions.delete(changed);
    else
      for (const [selector, { record }] of sessions.entries()) if (concerns(scope, record)) sessions.delete(selector);
  }

  return {
    async find(selector, load) {
      const known = sessions.get(selector);
      if (known !== undefined && now() < known.usableUntil) return known;
      const inFlight = loads.inFlight(selector);
      return inFlight?.answer ?? loads.start(selector, (isOutdated) => loadAndKeep(selector, load, isOutdated));
    },
    evict,
    receive: evict,
    async invalidate(scope) {
      evict(scope);
      return null;
    },
    async close() {
      evict('all');
    },
  };
}
