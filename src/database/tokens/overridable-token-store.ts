import type { TokenStore } from '../token-store.ts';

/** A token store before which another one can be put. `trpc-durin/testing` does that, so that a durin knows the sessions of tests. */
export interface OverridableTokenStore {
  /** For the services: calls the store in front. */
  readonly store: TokenStore;
  /** The store in front. */
  current(): TokenStore;
  /** Puts a store in front. It passes on what it does not answer itself. */
  override(front: TokenStore): void;
}

export function createOverridableTokenStore(first: TokenStore): OverridableTokenStore {
  let front = first;
  const store: TokenStore = {
    findBySelector: (selector) => front.findBySelector(selector),
    findStored: (selector) => front.findStored(selector),
    findUserRow: (userId) => front.findUserRow(userId),
    issue: (request, now) => front.issue(request, now),
    renew: (id, now) => front.renew(id, now),
    reauthenticate: (request, now) => front.reauthenticate(request, now),
    delete: (token, reason) => front.delete(token, reason),
    deleteBySelector: (selector, reason) => front.deleteBySelector(selector, reason),
    deleteIfExpired: (token, now) => front.deleteIfExpired(token, now),
    deleteOf: (userId, id, filter, now) => front.deleteOf(userId, id, filter, now),
    deleteAllOf: (userId, filter, reason) => front.deleteAllOf(userId, filter, reason),
    deleteBefore: (deleted, keys, now) => front.deleteBefore(deleted, keys, now),
    expireAllOf: (userId, filter, now) => front.expireAllOf(userId, filter, now),
    deleteExpired: (limit, now) => front.deleteExpired(limit, now),
    listOf: (userId, filter, now) => front.listOf(userId, filter, now),
    findOf: (userId, clientName) => front.findOf(userId, clientName),
    recordUses: (uses, intervalMs) => front.recordUses(uses, intervalMs),
    keepAlive: (token, now) => front.keepAlive(token, now),
    rename: (userId, id, name, filter, now) => front.rename(userId, id, name, filter, now),
  };
  return {
    store,
    current: () => front,
    override(next) {
      front = next;
    },
  };
}
