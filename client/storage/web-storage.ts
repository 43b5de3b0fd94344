import { page, type StorageEventLike } from './page.ts';
import { type DurinStorage, memoryStorage } from './storage.ts';

/** The methods of `localStorage` and `sessionStorage` that the SDK calls. */
export interface WebStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * Keeps the session in `localStorage`, which all tabs share, or in `sessionStorage`, which is separate for each tab. Tabs
 * that share a storage notice each other's logins and logouts.
 *
 * The session is kept in memory if there is no storage, if it has no methods, as on a server with Node 25, or if reading it
 * throws, as in a browser that blocks it. What the storage throws goes to the option `onStorageError`.
 *
 * @param source the storage, or a function that returns it. Pass `globalThis.localStorage` where it may be missing, and
 * the function `() => localStorage` where reading it may throw.
 *
 * @example
 * const { trpc, auth } = createDurinClient<AppRouter>({
 *   url: '/trpc',
 *   path: 'auth',
 *   client: 'web',
 *   storage: webStorage(() => localStorage),
 * });
 */
export function webStorage(source: WebStorage | undefined | (() => WebStorage | undefined)): DurinStorage {
  const { get, set, remove } = memoryStorage();
  const memory = { getItem: get, setItem: set, removeItem: remove };
  /** Returns the storage, or the memory if it is missing or has no methods. */
  function open(): WebStorage {
    const storage = typeof source === 'function' ? source() : source;
    return storage?.getItem ? storage : (memory as WebStorage);
  }
  return {
    get: (key) => open().getItem(key),
    set: (key, value) => open().setItem(key, value),
    remove: (key) => open().removeItem(key),
    watch(key, listener, signal) {
      function onStorage(event: StorageEventLike): void {
        if (event.storageArea === open() && (event.key ?? key) === key) listener();
      }
      page.addEventListener?.('storage', onStorage, { signal });
    },
  };
}
