import type { KeyValueStore } from '../cache/shared-store.ts';
import { DurinUsageError } from '../errors.ts';
import { createQuietClient, refuseUnknown } from './redis-connection.ts';

export interface RedisStoreOptions {
  /** The URL of the Redis server, such as `redis://localhost:6379`. */
  url: string;
  /**
   * Prepended to every key. Keys contain the name of the database and its schema, so only apps whose databases have the
   * same name need a prefix each. Default: `''`.
   */
  prefix?: string | undefined;
}

/** The store that `redisStore` returns, for `cache.store`. */
export interface RedisStore extends KeyValueStore {
  set(key: string, value: string, ttl: number): Promise<unknown>;
  get(key: string): Promise<string | null>;
  getMany(keys: string[]): Promise<(string | null)[]>;
  delete(key: string): Promise<unknown>;
  disconnect(): void;
  on(event: 'error', listener: (error: unknown) => void): void;
  off(event: 'error', listener: (error: unknown) => void): void;
}

/**
 * Something is sent at least this often, in milliseconds. A connection on which nothing arrives for twice that long is dead.
 * TCP may take many minutes to notice.
 */
const silenceMs = 1000;

/**
 * The short way to a shared cache: a store over one Redis server, set up to fail fast. An app that has a Keyv already, or
 * uses another database, a cluster or TLS options, passes its Keyv to `cache.store` instead.
 *
 * It connects at the first look-up. While Redis is unreachable, it keeps trying in the background. It keeps no process
 * alive.
 * @throws DurinUsageError naming the option that is unknown or wrong
 *
 * @example
 * const store = redisStore({ url: 'redis://localhost:6379', prefix: 'shop:' });
 * const durin = createDurin({ ...options, cache: { ttl: '60s', store } });
 */
export function redisStore(options: RedisStoreOptions): RedisStore {
  const { url, prefix = '', ...unknown } = options;
  refuseUnknown('redisStore', url, unknown);
  if (typeof prefix !== 'string') throw new DurinUsageError('redisStore: prefix must be a string');
  const client = createQuietClient(url, {
    socketTimeout: 2 * silenceMs,
    reconnectStrategy: (retries) => Math.min(25 * 2 ** retries, 250),
  });
  client.on('error', () => {}); // without a listener an error would end the process; the calls that fail reject anyway
  const keyOf = (key: string) => prefix + key;
  let connecting: Promise<unknown> | null = null;
  let pings: NodeJS.Timeout | null = null;
  let isPinging = false;
  let isClosed = false;

  /** One at a time, because each write to a dead connection would restart that connection's socket timeout. */
  function ping(): void {
    if (isPinging || !client.isReady) return;
    isPinging = true;
    client
      .ping()
      .catch(() => {})
      .finally(() => {
        isPinging = false;
      });
  }

  /** The first calls wait for the connection. When it is lost later, calls fail immediately. */
  async function ready() {
    if (client.isReady) return client;
    if (isClosed) throw new Error('the store is closed');
    pings ??= setInterval(ping, silenceMs / 2).unref();
    connecting ??= client.connect();
    await connecting;
    return client;
  }

  return {
    get: async (key) => (await ready()).get(keyOf(key)),
    getMany: async (keys) => (await ready()).mGet(keys.map(keyOf)),
    set: async (key, value, ttl) => (await ready()).set(keyOf(key), value, { PX: ttl }),
    delete: async (key) => (await ready()).del(keyOf(key)),
    on: (event, listener) => void client.on(event, listener),
    off: (event, listener) => void client.off(event, listener),
    disconnect() {
      isClosed = true;
      if (pings !== null) clearInterval(pings);
      if (client.isOpen) client.destroy();
    },
  };
}
