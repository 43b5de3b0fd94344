import type { ChangeListener } from '../database/change-listener.ts';
import type { ClientStore } from '../database/client-store.ts';
import { onUnknownOutcome } from '../database/failures.ts';

/** The client store behind a cache: sessions of a client that is changed or deleted are forgotten. */
export function createCachedClientStore(
  store: ClientStore,
  changes: Pick<ChangeListener, 'clientChanged' | 'relatedChanged'>,
): ClientStore {
  /** Which client it was is not known then. */
  const forgettingIfLost = <T>(write: Promise<T>) => onUnknownOutcome(write, () => changes.relatedChanged());
  return {
    ...store,
    async update(name, values) {
      const updated = await forgettingIfLost(store.update(name, values));
      if (updated !== null) await changes.clientChanged(updated.id);
      return updated;
    },
    async delete(name) {
      const deleted = await forgettingIfLost(store.delete(name));
      if (deleted !== null) await changes.clientChanged(deleted.id);
      return deleted;
    },
  };
}
