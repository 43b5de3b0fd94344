import { onUnknownOutcome } from '../database/failures.ts';
import type { LoadSession, TokenIdentity, TokenStore } from '../database/token-store.ts';
import { observed, type Telemetry } from '../health/telemetry.ts';
import type { SessionRecord } from '../session.ts';
import type { Invalidation } from './invalidation.ts';
import type { CachedSession, SessionCache } from './session-cache.ts';

export interface CachedTokenStoreDeps {
  readonly store: TokenStore;
  readonly load: LoadSession;
  /** `null`: every look-up reads the database. Writes are announced nevertheless. */
  readonly cache: Pick<SessionCache, 'find' | 'findInMemory' | 'checkStore'> | null;
  readonly isInTransaction: () => boolean;
  readonly invalidation: Invalidation;
  readonly telemetry: Telemetry;
}

/**
 * The token store with a cache in front: look-ups read the cache, and writes invalidate the sessions that they end or
 * change. Purging expired tokens invalidates nothing, because expiry is checked at every use. A look-up inside a
 * transaction bypasses the cache: what it reads may be rolled back, or be older than what was already invalidated.
 */
export function createCachedTokenStore(deps: CachedTokenStoreDeps): TokenStore {
  const { store, load, cache, isInTransaction, invalidation, telemetry } = deps;
  const { tokenChanged, tokenUsed, tokensEnded, userChanged, everythingChanged } = invalidation;

  async function ended<T extends TokenIdentity | null>(token: T): Promise<T> {
    if (token !== null) await tokensEnded([token]);
    return token;
  }

  async function allEnded(tokens: TokenIdentity[]): Promise<TokenIdentity[]> {
    await tokensEnded(tokens);
    return tokens;
  }

  const loadCounted: LoadSession = (selector) => {
    telemetry.lookUps.database += 1;
    return load(selector);
  };
  const findCounted = (selector: string) => {
    telemetry.lookUps.database += 1;
    return store.findBySelector(selector);
  };
  // A look-up that leaves the process leaves it once: for the store, if there is one.
  const loadObserved = cache?.checkStore === undefined ? observed(telemetry, 'lookUp', loadCounted) : loadCounted;
  const findObserved = observed(telemetry, 'lookUp', findCounted);

  return {
    ...store,

    findInMemory(selector) {
      return cache === null || isInTransaction() ? null : cache.findInMemory(selector);
    },

    findBySelector(selector): Promise<SessionRecord | null> {
      if (cache === null || isInTransaction()) return findObserved(selector);
      return cache.find(selector, loadObserved).then(recordOf);
    },

    async issue(request, now) {
      const result = await onUnknownOutcome(store.issue(request, now), () => userChanged(request.userId));
      switch (result.outcome) {
        case 'renewed':
        case 'kept':
        case 'issued':
          if (result.outcome === 'renewed') await tokenChanged(result.record.selector);
          // Until the commit, look-ups do not find the token, and may remember that.
          if (result.outcome === 'issued' && isInTransaction()) await tokenChanged(result.record.selector);
          await tokensEnded(result.ended);
          return result;
        case 'at-limit':
          await tokensEnded(result.ended);
          return result;
        case 'unknown-client':
        case 'unknown-user':
        case 'credentials-changed':
        case 'session-ended':
        case 'exists':
        case 'name-taken':
        case 'key-limit':
        case 'key-not-found':
          return result;
      }
    },

    async renew(id, now) {
      const renewed = await onUnknownOutcome(store.renew(id, now), everythingChanged);
      if (renewed !== null) await tokenChanged(renewed.token.selector);
      return renewed;
    },

    async reauthenticate(request, now) {
      const { selector } = request;
      const outcome = await onUnknownOutcome(store.reauthenticate(request, now), () => tokenChanged(selector));
      if (outcome === 'authenticated') await tokenChanged(selector);
      return outcome;
    },

    /** If nothing was deleted, the cache was outdated: the token was renewed or deleted. */
    async deleteIfExpired(token, now) {
      const removed = await store.deleteIfExpired(token, now);
      await tokensEnded([token]);
      return removed;
    },

    async keepAlive(token, now) {
      await store.keepAlive(token, now);
      await tokenUsed(token.selector);
    },

    async delete(token, reason) {
      const { selector } = token;
      const changed = selector === undefined ? everythingChanged : () => tokenChanged(selector);
      return ended(await onUnknownOutcome(store.delete(token, reason), changed));
    },

    deleteBySelector: async (selector, reason) =>
      ended(await onUnknownOutcome(store.deleteBySelector(selector, reason), () => tokenChanged(selector))),

    deleteOf: async (userId, ...args) =>
      ended(await onUnknownOutcome(store.deleteOf(userId, ...args), () => userChanged(userId))),

    deleteAllOf: async (userId, ...args) =>
      allEnded(await onUnknownOutcome(store.deleteAllOf(userId, ...args), () => userChanged(userId))),

    async expireAllOf(userId, ...args) {
      const expired = await onUnknownOutcome(store.expireAllOf(userId, ...args), () => userChanged(userId));
      const [first] = expired;
      if (first !== undefined) await userChanged(first.userId);
      return expired;
    },
  };
}

function recordOf(found: CachedSession | null): SessionRecord | null {
  return found && found.record;
}
