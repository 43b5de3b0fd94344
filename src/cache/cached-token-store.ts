import { onUnknownOutcome } from '../database/failures.ts';
import type { LoadSession, TokenIdentity, TokenStore } from '../database/token-store.ts';
import type { SessionRecord } from '../session.ts';
import { type Scope, type SessionCache, tokenScope, userScope } from './session-cache.ts';

export interface CachedTokenStoreDeps {
  readonly store: TokenStore;
  readonly load: LoadSession;
  readonly cache: SessionCache;
  readonly isInTransaction: () => boolean;
  /** Runs once what was written is committed, or may be, and waits for it then. */
  readonly afterCommit: (work: () => Promise<void>) => Promise<void>;
}

/**
 * The token store behind a cache: look-ups ask the cache, and what ends or changes a token is forgotten there. Expired
 * tokens can be purged without that, since expiry is judged by the clock at every use. A look-up in a transaction passes
 * the cache by: what it reads may be rolled back, or older than what others have been told.
 */
export function createCachedTokenStore(deps: CachedTokenStoreDeps): TokenStore {
  const { store, load, cache, isInTransaction, afterCommit } = deps;

  async function forget(scopes: readonly Scope[]): Promise<void> {
    if (scopes.length === 0) return;
    await afterCommit(async () => {
      await Promise.all(scopes.map((scope) => cache.forget(scope)));
    });
  }

  async function forgetting<T extends TokenIdentity | null>(token: T): Promise<T> {
    if (token !== null) await forget([tokenScope(token.selector)]);
    return token;
  }

  async function forgettingAll(tokens: TokenIdentity[]): Promise<TokenIdentity[]> {
    await forget(tokens.map(({ selector }) => tokenScope(selector)));
    return tokens;
  }

  /** A write whose connection was lost before its answer may have been done. */
  const forgettingIfLost = <T>(scope: Scope, write: Promise<T>) => onUnknownOutcome(write, () => forget([scope]));

  return {
    ...store,

    async findBySelector(selector): Promise<SessionRecord | null> {
      if (isInTransaction()) return store.findBySelector(selector);
      const found = await cache.find(selector, load);
      return found && found.record;
    },

    async issue(order, now) {
      const result = await forgettingIfLost(userScope(order.userId), store.issue(order, now));
      if ('record' in result && result.outcome === 'renewed') await forget([tokenScope(result.record.selector)]);
      if ('record' in result && result.replaced !== null) await forget([tokenScope(result.replaced.selector)]);
      return result;
    },

    async renew(id, now) {
      const renewed = await forgettingIfLost('all', store.renew(id, now));
      if (renewed !== null) await forget([tokenScope(renewed.token.selector)]);
      return renewed;
    },

    /** Where nothing was deleted, the cache was behind: the token was renewed, or is gone. */
    async deleteIfExpired(token, now) {
      const removed = await store.deleteIfExpired(token, now);
      await forget([tokenScope(token.selector)]);
      return removed;
    },

    async delete(token) {
      const scope = token.selector === undefined ? 'all' : tokenScope(token.selector);
      return forgetting(await forgettingIfLost(scope, store.delete(token)));
    },

    deleteOf: async (userId, ...args) =>
      forgetting(await forgettingIfLost(userScope(userId), store.deleteOf(userId, ...args))),

    deleteAllOf: async (userId, ...args) =>
      forgettingAll(await forgettingIfLost(userScope(userId), store.deleteAllOf(userId, ...args))),

    async expireAllOf(userId, now) {
      const ended = await forgettingIfLost(userScope(userId), store.expireAllOf(userId, now));
      if (ended.length > 0) await forget([userScope(ended[0]?.userId)]);
      return ended;
    },
  };
}
