import { LRUCache } from 'lru-cache';
import { createSingleFlight } from '../async/single-flight.ts';
import { type CachedSession, ownerScopesOf, type Scope, type SessionCache, selectorOf } from './session-cache.ts';

export interface MemoryCacheOptions {
  readonly ttlMs: number;
  /** The most sessions that are kept. Beyond it, the least recently used are evicted. */
  readonly maxSessions: number;
  /** For how long it is remembered that a token has no session. Default: not at all. */
  readonly missTtlMs?: number;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** Loads a session from behind this cache. The result may limit for how long it may be kept. */
export type LoadBehind = (selector: string) => Promise<(Pick<CachedSession, 'record'> & Partial<CachedSession>) | null>;

export interface MemoryCache extends SessionCache {
  find(selector: string, load: LoadBehind): Promise<CachedSession | null>;
  /** What `invalidate` and `receive` do. Many scopes take one pass over the sessions. */
  evict(...scopes: readonly Scope[]): void;
}

/**
 * Caches sessions in this process. There are no timers: an entry's age is checked when the entry is read. A change also
 * outdates the loads in progress: their results are not kept, and callers that arrive after the change do not share them.
 *
 * It also remembers for a moment that a token has no session, so that a program which repeats a revoked token does not
 * cost a statement each time. Only tokens with a valid MAC are looked up, so an attacker cannot fill this memory with
 * made-up ones. Such a token comes to life only if its row becomes visible: its transaction commits, which invalidates
 * the token's scope, or its user or client does, and so a change of any other scope clears all misses.
 */
export function createMemoryCache({ ttlMs, maxSessions, missTtlMs = 0, now }: MemoryCacheOptions): MemoryCache {
  const sessions = new LRUCache<string, CachedSession>({ max: maxSessions });
  /** Selectors without a session, and until when that is believed. */
  const misses = new LRUCache<string, number>({ max: maxSessions });
  const loads = createSingleFlight<CachedSession | null>();
  let isClosed = false;

  async function loadAndKeep(
    selector: string,
    load: LoadBehind,
    isOutdated: () => boolean,
  ): Promise<CachedSession | null> {
    const startedAt = now();
    const loaded = await load(selector);
    if (loaded === null) {
      if (missTtlMs > 0 && !isClosed && !isOutdated()) misses.set(selector, startedAt + missTtlMs);
      return null;
    }
    const usableUntil = Math.min(loaded.usableUntil ?? Infinity, startedAt + ttlMs);
    const session = { record: loaded.record, usableUntil };
    if (!isClosed && !isOutdated()) sessions.set(selector, session);
    return session;
  }

  function evict(...scopes: readonly Scope[]): void {
    const tokens = new Set(scopes.map(selectorOf).filter((selector) => selector !== null));
    const others = new Set(scopes.filter((scope) => selectorOf(scope) === null));
    // Whose session is being loaded becomes known later.
    loads.outdate((selector) => others.size > 0 || tokens.has(selector));
    for (const selector of tokens) {
      sessions.delete(selector);
      misses.delete(selector);
    }
    if (others.size === 0) return;
    misses.clear(); // whose token has no session is not known
    for (const [selector, { record }] of sessions.entries())
      if (ownerScopesOf(record).some((scope) => others.has(scope))) sessions.delete(selector);
  }

  function knownOf(selector: string): CachedSession | null {
    const known = sessions.get(selector);
    return known !== undefined && now() < known.usableUntil ? known : null;
  }

  return {
    findInMemory: (selector) => knownOf(selector)?.record ?? null,
    async find(selector, load) {
      const known = knownOf(selector);
      if (known !== null) return known;
      if (now() < (misses.get(selector) ?? 0)) return null;
      const inFlight = loads.inFlight(selector);
      return inFlight?.answer ?? loads.start(selector, (isOutdated) => loadAndKeep(selector, load, isOutdated));
    },
    evict,
    receive: (scope) => evict(scope),
    async invalidate(scope) {
      evict(scope);
      return null;
    },
    /** From then on nothing is kept: a closed cache hears of no change. */
    async close() {
      isClosed = true;
      evict('all');
    },
  };
}
