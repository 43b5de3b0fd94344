import type { KeyValueStore } from '../cache/shared-store.ts';
import { DurinUsageError } from '../errors.ts';
import { createQuietClient, refuseUnknown, silenceMs } from './redis-connection.ts';

export interface RedisStoreOptions {
  /** Such as `redis://localhost:6379`. */
  url: string;
  /** Starts every key; apps that share a Redis but no users should have one each. Default: `''`. */
  prefix?: string | undefined;
}

/** The store of `redisStore`: what `cache.store` takes. */
export interface RedisStore extends KeyValueStore {
  set(key: string, value: string, ttl: number): Promise<unknown>;
  get(key: string): Promise<string | null>;
  getMany(keys: string[]): Promise<(string | null)[]>;
  delete(key: string): Promise<unknown>;
  disconnect(): void;
  on(event: 'error', listener: () => void): void;
  off(event: 'error', listener: () => void): void;
}

/**
 * A store for `cache: { ttl, store: redisStore({ url }) }` that does nothing but ask Redis, which a Keyv takes some 10 us
 * longer for. Connects with the first look-up; a Redis that is away is waited for in the background.
 * Keeps no process alive.
 * @throws DurinUsageError naming the option that is wrong
 */
export function redisStore(options: RedisStoreOptions): RedisStore {
  const { url, prefix = '', ...unknown } = options;
  refuseUnknown('redisStore', url, unknown);
  if (typeof prefix !== 'string') throw new DurinUsageError('redisStore: prefix must be a string');
  const client = createQuietClient(url);
  client.on('error', () => {}); // without a listener it would end the process; calls that fail tell by themselves
  const keyOf = (key: string) => prefix + key;
  let connecting: Promise<unknown> | null = null;
  let beats: NodeJS.Timeout | null = null;
  let isClosed = false;

  /** The first calls wait until it is connected; when the connection is lost later, calls fail at once. */
  function connect(): Promise<unknown> {
    if (isClosed) throw new Error('the store is closed');
    beats ??= setInterval(() => {
      if (client.isReady) client.ping().catch(() => {});
    }, silenceMs / 2).unref();
    return (connecting ??= client.connect());
  }

  async function ready() {
    if (!client.isReady) await connect();
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
      if (beats !== null) clearInterval(beats);
      if (client.isOpen) client.destroy();
    },
  };
}
