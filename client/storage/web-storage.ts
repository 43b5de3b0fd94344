import { page, type StorageEventLike } from '../session/page.ts';
import type { DurinStorage } from './storage.ts';

/** What the SDK needs of `localStorage`, `sessionStorage` and the like. */
export interface WebStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * Keeps the session in `localStorage`, which all tabs share, or in `sessionStorage`, which each tab has for itself. Give
 * `globalThis.localStorage` where there may be none, as on a server, and a function, `() => localStorage`, where reading
 * it may throw, as where the browser forbids it. The session is kept in memory then.
 */
export function webStorage(source: WebStorage | undefined | (() => WebStorage | undefined)): DurinStorage {
  const open = () => (typeof source === 'function' ? source() : source);
  return {
    get: (key) => open()?.getItem(key),
    set: (key, value) => open()?.setItem(key, value),
    remove: (key) => open()?.removeItem(key),
    watch(key, listener, signal) {
      function onStorage(event: StorageEventLike): void {
        if (event.storageArea === open() && (event.key ?? key) === key) listener();
      }
      page.addEventListener?.('storage', onStorage, { signal });
    },
  };
}
