import { LRUCache } from 'lru-cache';
import { type CachedSession, concerns, type Scope, type SessionCache, tokenScope } from './session-cache.ts';

export interface MemoryCacheOptions {
  readonly ttlMs: number;
  /** The sessions kept; beyond it those that were idle longest go. */
  readonly maxSessions: number;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** Asks whatever is behind this cache, which may say for how long its answer may be kept. */
export type LoadBehind = (selector: string) => Promise<(Pick<CachedSession, 'record'> & Partial<CachedSession>) | null>;

/** A load that is under way, which those who ask meanwhile share. */
interface Flight {
  readonly answer: Promise<CachedSession | null>;
  isOutdated: boolean;
}

export interface MemoryCache extends SessionCache {
  find(selector: string, load: LoadBehind): Promise<CachedSession | null>;
  /** The same as `forget`, at once. */
  drop(scope: Scope): void;
}

/**
 * Remembers sessions in this process. Without timers: an entry's age is compared with the clock when it is read. A change
 * drops the loads that are under way too: they neither fill the cache nor answer who asks after the change.
 */
export function createMemoryCache({ ttlMs, maxSessions, now }: MemoryCacheOptions): MemoryCache {
  const sessions = new LRUCache<string, CachedSession>({ max: maxSessions });
  const flights = new Map<string, Flight>();

  function begin(selector: string, load: LoadBehind): Promise<CachedSession | null> {
    const startedAt = now();
    const answer = load(selector).then((loaded) => {
      if (loaded === null) return null;
      const usableUntil = Math.min(loaded.usableUntil ?? Infinity, startedAt + ttlMs);
      const session = { record: loaded.record, usableUntil };
      if (!flight.isOutdated) sessions.set(selector, session);
      return session;
    });
    const flight: Flight = { answer, isOutdated: false };
    flights.set(selector, flight);
    const land = () => {
      if (flights.get(selector) === flight) flights.delete(selector);
    };
    answer.then(land, land);
    return answer;
  }

  function drop(scope: Scope): void {
    for (const [selector, flight] of flights) {
      if (scope.startsWith('token:') && scope !== tokenScope(selector)) continue;
      flight.isOutdated = true; // whose session it loads is not known yet
      flights.delete(selector);
    }
    if (scope.startsWith('token:')) sessions.delete(scope.slice('token:'.length));
    else
      for (const [selector, { record }] of sessions.entries()) if (concerns(scope, record)) sessions.delete(selector);
  }

  return {
    async find(selector, load) {
      const known = sessions.get(selector);
      if (known !== undefined && now() < known.usableUntil) return known;
      return flights.get(selector)?.answer ?? begin(selector, load);
    },
    drop,
    async forget(scope) {
      drop(scope);
    },
    async close() {
      drop('all');
    },
  };
}
