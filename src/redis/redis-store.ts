import { EventEmitter } from 'node:events';
import type { KeyValueStore } from '../cache/shared-store.ts';
import { DurinUsageError } from '../errors.ts';
import { hasBraces } from './hash-slot.ts';
import { readByTag } from './read-by-tag.ts';
import { connectRedis } from './redis-connection.ts';
import { type ConnectedRedis, type RedisOptions, readInput } from './redis-input.ts';

export interface RedisStoreSettings {
  /**
   * Prepended to every key. Keys contain the name of the database and its schema, so only apps whose databases have the
   * same name need a prefix each. Default: `''`.
   */
  prefix?: string | undefined;
}

/** The options of a client (such as `{ url }`), a cluster or a sentinel of the package `redis`, and `prefix`. */
export type RedisStoreOptions = RedisOptions & RedisStoreSettings;

/** The store that `redisStore` returns, for `cache.store`. */
export interface RedisStore extends KeyValueStore {
  set(key: string, value: string, ttl: number): Promise<unknown>;
  get(key: string): Promise<string | null>;
  getMany(keys: string[]): Promise<(string | null)[]>;
  delete(key: string): Promise<unknown>;
  serversOf(keys: string[]): Promise<string[]>;
  /** Closes what it has opened. A client of the app's stays open. */
  disconnect(): void;
  on(event: 'error' | 'topology-change', listener: (error: unknown) => void): void;
  off(event: 'error' | 'topology-change', listener: (error: unknown) => void): void;
}

/**
 * The short way to a shared cache: a store over a Redis, set up to fail fast.
 *
 * It takes the options of a client, a cluster or a sentinel of the package `redis`. It then connects at the first look-up,
 * keeps trying in the background while Redis is unreachable, and keeps no process alive, unless it has sentinels. Or it takes
 * a client, pool, cluster or sentinel that the app has connected, and closes itself.
 *
 * Commands go to masters alone, because a replica may lack the last changes. On a cluster, a look-up is one step for each
 * server, all at once.
 * @throws DurinUsageError naming the option that is unknown or wrong
 *
 * @example
 * const store = redisStore({ url: 'redis://localhost:6379', prefix: 'shop:' });
 * const durin = createDurin({ ...options, cache: { ttl: '60s', store } });
 *
 * @example
 * redisStore({ rootNodes: [{ url: 'redis://a:6379' }, { url: 'redis://b:6379' }] }); // a cluster
 * redisStore({ name: 'main', sentinelRootNodes: [{ host: 'a', port: 26379 }] }); // sentinels
 * redisStore(client, { prefix: 'shop:' }); // what the app has connected
 */
export function redisStore(options: RedisStoreOptions): RedisStore;
export function redisStore(redis: ConnectedRedis, settings?: RedisStoreSettings): RedisStore;
export function redisStore(given: RedisStoreOptions | ConnectedRedis, settings: RedisStoreSettings = {}): RedisStore {
  const { input, prefix } = checked(given, settings);
  const emitter = new EventEmitter();
  emitter.on('error', () => {}); // without a listener an error would end the process; the calls that fail reject anyway
  const changed = () => void emitter.emit('topology-change');
  const failed = (error: unknown) => void emitter.emit('error', error);
  let pending = 0;
  const connection = connectRedis(input, {
    failed,
    changed,
    nodeFailed(error) {
      changed();
      if (pending > 0) failed(error); // it is likely why a call has no answer
    },
  });
  const keyOf = (key: string) => prefix + key;

  async function call<T>(work: (source: Awaited<ReturnType<typeof connection.source>>) => Promise<T>): Promise<T> {
    pending += 1;
    try {
      return await work(await connection.source());
    } finally {
      pending -= 1;
    }
  }

  return {
    get: (key) => call(async ({ send }) => toText(await send(keyOf(key), ['GET', keyOf(key)]))),
    getMany: (keys) =>
      call(async (source) => {
        const values = await readByTag(source, keys.map(keyOf));
        return values.map(toText);
      }),
    set: (key, value, ttl) => call(({ send }) => send(keyOf(key), ['SET', keyOf(key), value, 'PX', String(ttl)])),
    delete: (key) => call(({ send }) => send(keyOf(key), ['DEL', keyOf(key)])),
    serversOf: (keys) => call(({ serversOf }) => serversOf(keys.map(keyOf))),
    on: (event, listener) => void emitter.on(event, listener),
    off: (event, listener) => void emitter.off(event, listener),
    disconnect: connection.close,
  };
}

function checked(given: RedisStoreOptions | ConnectedRedis, beside: RedisStoreSettings) {
  const { input, settings } = readInput('redisStore', given, ['prefix'], beside);
  const { prefix = '' } = settings;
  if (typeof prefix !== 'string' || hasBraces(prefix))
    throw new DurinUsageError('redisStore: prefix must be a string without braces, by which a cluster places keys');
  return { input, prefix };
}

/** A client of the app's may return buffers. */
function toText(value: unknown): string | null {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  return typeof value === 'string' ? value : null;
}
