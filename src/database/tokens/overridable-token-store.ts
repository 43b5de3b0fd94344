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
    findInMemory: (selector) => front.findInMemory(selector),
    findStored: (selector) => front.findStored(selector),
    findUserRow: (...args) => front.findUserRow(...args),
    issue: (...args) => front.issue(...args),
    renew: (...args) => front.renew(...args),
    reauthenticate: (...args) => front.reauthenticate(...args),
    delete: (...args) => front.delete(...args),
    deleteBySelector: (...args) => front.deleteBySelector(...args),
    deleteIfExpired: (...args) => front.deleteIfExpired(...args),
    deleteOf: (...args) => front.deleteOf(...args),
    deleteAllOf: (...args) => front.deleteAllOf(...args),
    deleteBefore: (...args) => front.deleteBefore(...args),
    expireAllOf: (...args) => front.expireAllOf(...args),
    findExpired: (...args) => front.findExpired(...args),
    deleteExpired: (...args) => front.deleteExpired(...args),
    listOf: (...args) => front.listOf(...args),
    findOf: (...args) => front.findOf(...args),
    recordUses: (...args) => front.recordUses(...args),
    keepAlive: (...args) => front.keepAlive(...args),
    rename: (...args) => front.rename(...args),
  };
  return {
    store,
    current: () => front,
    override(next) {
      front = next;
    },
  };
}
