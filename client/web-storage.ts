import { onStorage } from './page.ts';
import { type DurinStorage, memoryStorage } from './storage.ts';

/** What the SDK needs of `localStorage`, `sessionStorage` and the like. */
export interface WebStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * Keeps the session in `localStorage`, which all tabs share, or in `sessionStorage`, which each tab has for itself. Give
 * a function, `webStorage(() => localStorage)`, where there may be none: on a server, or where the browser forbids it.
 * The session is kept in memory then.
 */
export function webStorage(source: WebStorage | undefined | (() => WebStorage | undefined)): DurinStorage {
  const storage = open(source);
  if (!storage) return memoryStorage();
  return {
    get: (key) => storage.getItem(key),
    set: (key, value) => storage.setItem(key, value),
    remove: (key) => storage.removeItem(key),
    watch(key, listener, signal) {
      onStorage((event) => {
        if (event.storageArea === storage && (event.key ?? key) === key) listener();
      }, signal);
    },
  };
}

/** Reading the global `localStorage` throws where there is none, and where cookies are blocked. */
function open(source: WebStorage | undefined | (() => WebStorage | undefined)): WebStorage | undefined {
  try {
    return typeof source === 'function' ? source() : source;
  } catch {
    return undefined;
  }
}
