import type { Bus } from '../cache/bus.ts';
import type { KeyValueStore } from '../cache/shared-store.ts';
import type { Duration } from '../values/duration.ts';

export interface CacheOptions {
  /**
   * How long a session may be cached, such as `'60s'`; at most 1 hour with a store or a bus. Changes are seen immediately
   * all the same.
   */
  ttl: Duration;
  /**
   * Sessions cached in this process. Beyond it, the least recently used are dropped. With a `store` alone: the entries whose
   * parsed form is kept. Default: 10,000, about 19 MB.
   */
  maxSessions?: number | undefined;
  /** Milliseconds after which a call to the store counts as failed and the database is read. Default: 100. */
  timeout?: number | undefined;
  /**
   * A store that all processes share, such as a Keyv over Redis. `durin.close()` disconnects it. Default: none, and each
   * process caches for itself.
   */
  store?: KeyValueStore | undefined;
  /**
   * Publishes changes to all processes, so that each can cache sessions in memory: `postgresBus()` without a store,
   * or `redisBus({ url })` beside one. Default: none, for an app of one process, or one that caches in a store alone.
   */
  bus?: Bus | undefined;
}
