import type { ChangeListener } from '../database/change-listener.ts';
import type { ClientStore } from '../database/client-store.ts';

/** The client store behind a cache: sessions of a client that is changed or deleted are forgotten. */
export function createCachedClientStore(
  store: ClientStore,
  changes: Pick<ChangeListener, 'clientChanged'>,
): ClientStore {
  return {
    ...store,
    async update(name, values) {
      const updated = await store.update(name, values);
      if (updated !== null) await changes.clientChanged(updated.id);
      return updated;
    },
    async delete(name) {
      const deleted = await store.delete(name);
      if (deleted !== null) await changes.clientChanged(deleted.id);
      return deleted;
    },
  };
}
