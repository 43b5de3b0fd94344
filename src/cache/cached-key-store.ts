import { onUnknownOutcome } from '../database/failures.ts';
import type { KeyStore } from '../database/keys/key-store.ts';
import type { Invalidation } from './invalidation.ts';

/** The key store, whose writes invalidate the sessions that they end or change. */
export function createCachedKeyStore(store: KeyStore, invalidation: Invalidation): KeyStore {
  const { tokenChanged, tokensEnded, userChanged } = invalidation;

  return {
    ...store,

    async deleteKey(key, now) {
      const ended = await onUnknownOutcome(store.deleteKey(key, now), () => userChanged(key.userId));
      if (ended !== null) await tokenChanged(ended.selector);
      return ended;
    },

    /** If nothing was retired, the cache was outdated: another process has seen the first use. */
    async activateKey(key, now) {
      const retired = await onUnknownOutcome(store.activateKey(key, now), () => userChanged(key.userId));
      await tokensEnded([key, ...retired]);
      return retired;
    },
  };
}
