import { withTimeout } from '../async/with-timeout.ts';

/**
 * Any store that several processes share: Keyv, or anything with its methods. A call that fails must reject, answer
 * `false`, or have the store emit `error`: where it has `on` and `off`, durin listens to its `error`, and to that of what a
 * Keyv keeps its values in, until `durin.close()`. So such an error no longer ends the process; to log it, listen as well.
 */
export interface KeyValueStore {
  get(key: string): unknown;
  /** @param ttl milliseconds */
  set(key: string, value: string, ttl: number): unknown;
  delete(key: string): unknown;
  getMany?(keys: string[]): unknown;
  /** Ends its connections. Called by `durin.close()`, also where the app has other uses for the store. */
  disconnect?(): unknown;
}

/** The store, each call of which ends within a deadline, one way or the other. */
export interface SharedStore {
  /** `undefined` for what is not there. */
  getMany(keys: readonly string[]): Promise<(string | undefined)[]>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** Calls back when the store tells of an error by itself, such as a lost connection that nobody was using. */
  onTrouble?(listener: () => void): void;
  close?(): Promise<void>;
}

/**
 * @param deadlineMs milliseconds after which a call has failed, since a frozen server answers neither yes nor no
 */
export function createSharedStore(store: KeyValueStore, deadlineMs: number): SharedStore {
  // A Keyv over Redis emits its errors, and then answers as if the store were empty and took everything.
  const emitters = [store, adapterOf(store)].filter(isEmitter);
  let errors = 0;
  let tellTrouble: (() => void) | null = null;
  const noteError = () => {
    errors += 1;
    tellTrouble?.();
  };
  for (const emitter of emitters) emitter.on('error', noteError);

  async function ask<T>(work: () => T | Promise<T>): Promise<T> {
    const errorsBefore = errors;
    const answer = await withTimeout(deadlineMs, 'the store', work);
    if (errors !== errorsBefore) throw new Error('the store told of an error');
    return answer;
  }

  async function readMany(keys: readonly string[]): Promise<unknown[]> {
    const values = store.getMany === undefined ? keys.map((key) => store.get(key)) : await store.getMany([...keys]);
    if (!Array.isArray(values) || values.length !== keys.length)
      throw new TypeError('getMany must give one value per key');
    return Promise.all(values);
  }

  return {
    async getMany(keys) {
      const values = await ask(() => readMany(keys));
      return values.map((value) => (typeof value === 'string' ? value : undefined));
    },
    async set(key, value, ttlMs) {
      const answer = await ask(() => store.set(key, value, ttlMs));
      if (answer === false) throw new Error('the store did not take a value'); // so Keyv tells of an error
    },
    async delete(key) {
      await ask(() => store.delete(key));
    },
    onTrouble(listener) {
      tellTrouble = listener;
    },
    /** What is behind a Keyv can be told not to wait for a server that does not answer, which Keyv does not pass on. */
    async close() {
      tellTrouble = null;
      const closing = [adapterOf(store), store].find(isDisconnectable);
      await withTimeout(deadlineMs, 'the store', () => closing?.disconnect(true)).catch(() => {});
      for (const emitter of emitters) emitter.off('error', noteError);
    },
  };
}

/** What a Keyv keeps its values in. */
function adapterOf(store: KeyValueStore): unknown {
  return 'store' in store ? store.store : undefined;
}

interface Emitter {
  on(event: 'error', listener: () => void): unknown;
  off(event: 'error', listener: () => void): unknown;
}

function isEmitter(value: unknown): value is Emitter {
  return hasMethod(value, 'on') && hasMethod(value, 'off');
}

function isDisconnectable(value: unknown): value is { disconnect(isForced: boolean): unknown } {
  return hasMethod(value, 'disconnect');
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[name] === 'function';
}
