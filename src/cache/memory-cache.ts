import { LRUCache } from 'lru-cache';
import { createSingleFlight } from '../async/single-flight.ts';
import { createLookUpCounts, type LookUpCounts } from '../health/telemetry.ts';
import { atMost } from '../values/at-most.ts';
import { type CachedUser, createCachedUsers } from './cached-users.ts';
import {
  type CachedSession,
  clientIdOf,
  type Scope,
  type SessionCache,
  selectorOf,
  userScope,
} from './session-cache.ts';

export interface MemoryCacheOptions {
  readonly ttlMs: number;
  /** The most sessions that are kept. Beyond it, the least recently used are evicted. */
  readonly maxSessions: number;
  /** For how long it is remembered that a token has no session. Default: not at all. */
  readonly missTtlMs?: number;
  /** Default: nobody reads them. */
  readonly lookUps?: LookUpCounts;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** Loads a session from behind this cache. The result may limit for how long it may be kept. */
export type LoadBehind = (selector: string) => Promise<(Pick<CachedSession, 'record'> & Partial<CachedSession>) | null>;

export interface MemoryCache extends SessionCache {
  find(selector: string, load: LoadBehind): Promise<CachedSession | null>;
  /** What `invalidate` and `receive` do. It takes the same time, however many sessions are cached. */
  evict(...scopes: readonly Scope[]): void;
}

interface KeptSession extends CachedSession {
  readonly user: CachedUser;
  /** Its place in the order of what was kept and what has changed. */
  readonly number: number;
}

/** The most tokens of which it is remembered that they have no session. */
const maxMisses = 10_000;

/**
 * Caches sessions in this process. There are no timers: an entry's age is checked when the entry is read. A change also
 * outdates the loads in progress: their results are not kept, and callers that arrive after the change do not share them.
 *
 * A change takes the same time however many sessions it concerns. That of a token drops its session. That of a user marks the
 * object that all of its sessions share. That of a client, or of everything, gets a number, and what was kept before it is not
 * used. What a change has outdated is replaced when it is looked up, or makes room as the least recently used.
 *
 * It also remembers for a moment that a token has no session, so that a program which repeats a revoked token does not
 * cost a statement each time. Only tokens with a valid MAC are looked up, so an attacker cannot fill this memory with
 * made-up ones. Such a token comes to life only if its row becomes visible: its transaction commits, which invalidates
 * the token's scope, or its user or client does, and so a change of any other scope clears all misses.
 */
export function createMemoryCache(options: MemoryCacheOptions): MemoryCache {
  const { ttlMs, maxSessions, missTtlMs = 0, lookUps = createLookUpCounts(), now } = options;
  const users = createCachedUsers();
  const sessions = new LRUCache<string, KeptSession>({
    ...atMost(maxSessions),
    dispose: ({ user }) => users.leave(user),
  });
  /** Selectors without a session, and until when that is believed. */
  const misses = new LRUCache<string, number>(atMost(Math.min(maxSessions, maxMisses)));
  const loads = createSingleFlight<CachedSession | null>();
  let lastNumber = 0;
  let everythingChangedAt = 0;
  const clientChangedAt = new Map<number, number>();
  let isClosed = false;

  function nextNumber(): number {
    lastNumber += 1;
    return lastNumber;
  }

  async function loadAndKeep(
    selector: string,
    load: LoadBehind,
    isOutdated: () => boolean,
  ): Promise<CachedSession | null> {
    const startedAt = now();
    const loaded = await load(selector);
    if (loaded === null) {
      if (!isOutdated()) sessions.delete(selector); // the one that had become too old
      if (missTtlMs > 0 && !isClosed && !isOutdated()) misses.set(selector, startedAt + missTtlMs);
      return null;
    }
    const usableUntil = Math.min(loaded.usableUntil ?? Infinity, startedAt + ttlMs);
    const session = { record: loaded.record, usableUntil };
    if (!isClosed && !isOutdated()) keep(selector, session);
    return session;
  }

  function keep(selector: string, session: CachedSession): void {
    const user = users.enter(userScope(session.record.userId));
    sessions.set(selector, { ...session, user, number: nextNumber() });
  }

  function isUsable({ record, usableUntil, user, number }: KeptSession): boolean {
    const changedAt = clientChangedAt.get(record.client.id) ?? everythingChangedAt;
    return !user.hasChanged && number > changedAt && now() < usableUntil;
  }

  function evict(...scopes: readonly Scope[]): void {
    const tokens = new Set(scopes.map(selectorOf).filter((selector) => selector !== null));
    const owners = scopes.filter((scope) => selectorOf(scope) === null);
    // Whose session is being loaded becomes known later.
    loads.outdate((selector) => owners.length > 0 || tokens.has(selector));
    for (const selector of tokens) {
      sessions.delete(selector);
      misses.delete(selector);
    }
    if (owners.length > 0 && misses.size > 0) misses.clear(); // whose token has no session is not known
    for (const owner of owners) evictOwned(owner);
  }

  function evictOwned(owner: Scope): void {
    const clientId = clientIdOf(owner);
    if (owner === 'all') {
      everythingChangedAt = nextNumber();
      clientChangedAt.clear();
    } else if (clientId !== null) clientChangedAt.set(clientId, nextNumber());
    else users.change(owner);
  }

  /** Finds a session that is kept, and counts that. */
  function knownOf(selector: string): CachedSession | null {
    const known = sessions.get(selector);
    if (known === undefined || !isUsable(known)) return null;
    lookUps.memory += 1;
    return known;
  }

  return {
    findInMemory: (selector) => knownOf(selector)?.record ?? null,
    async find(selector, load) {
      const known = knownOf(selector);
      if (known !== null) return known;
      if (now() < (misses.get(selector) ?? 0)) {
        lookUps.memory += 1;
        return null;
      }
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
      sessions.clear();
      misses.clear();
    },
  };
}
