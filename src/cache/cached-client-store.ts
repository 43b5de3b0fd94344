import type { ClientStore } from '../database/client-store.ts';
import { onUnknownOutcome } from '../database/failures.ts';
import type { Invalidation } from './invalidation.ts';

/** The client store with a cache in front: a client's cached sessions are dropped when it is updated or deleted. */
export function createCachedClientStore(
  store: ClientStore,
  invalidation: Pick<Invalidation, 'clientChanged' | 'everythingChanged'>,
): ClientStore {
  /** A write whose answer was lost may have happened, and it is not known to which client. */
  const invalidatingIfUnknown = <T>(write: Promise<T>) => onUnknownOutcome(write, invalidation.everythingChanged);
  return {
    ...store,
    async update(name, values) {
      const updated = await invalidatingIfUnknown(store.update(name, values));
      if (updated !== null) await invalidation.clientChanged(updated.id);
      return updated;
    },
    async delete(name) {
      const deleted = await invalidatingIfUnknown(store.delete(name));
      if (deleted !== null) await invalidation.clientChanged(deleted.id);
      return deleted;
    },
  };
}
