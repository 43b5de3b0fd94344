/**
 * Where a session outlives the page or the process: one text under one key. Any of its functions may be async, may throw
 * and may reject; the SDK goes on in memory then and tells `onStorageError`.
 */
export interface DurinStorage {
  get(key: string): MaybePromise<string | null | undefined>;
  set(key: string, value: string): unknown;
  remove(key: string): unknown;
  /** Where others write to the same storage, as other tabs do: tells that they may have, until `signal` ends it. */
  watch?(key: string, listener: () => unknown, signal: AbortSignal): void;
}

type MaybePromise<T> = T | Promise<T>;

/** Keeps the session as long as the page or the process lives: a reload signs out. */
export function memoryStorage(): DurinStorage {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key),
    set: (key, value) => values.set(key, value),
    remove: (key) => values.delete(key),
  };
}
