/**
 * Where a session is kept: one string under one key. Any method may be async, throw or reject. The SDK then keeps the
 * session in memory and calls `onStorageError`.
 */
export interface DurinStorage {
  get(key: string): MaybePromise<string | null | undefined>;
  set(key: string, value: string): unknown;
  remove(key: string): unknown;
  /** Calls the listener when another tab or program may have changed the key, until the signal aborts. */
  watch?(key: string, listener: () => unknown, signal: AbortSignal): void;
}

type MaybePromise<T> = T | Promise<T>;

/**
 * Keeps the session in memory, so that a reload signs the user out. This is the default storage.
 *
 * @example
 * const { trpc, auth } = createDurinClient<AppRouter>({ url, path: 'auth', client: 'web', storage: memoryStorage() });
 */
export function memoryStorage(): DurinStorage {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key),
    set: (key, value) => values.set(key, value),
    remove: (key) => values.delete(key),
  };
}
