import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import type { KeyValueStore } from '../../../src/cache/shared-store.ts';
import { redisStore } from '../../../src/redis/index.ts';

/**
 * A KeyvRedis as the docs recommend it. While Redis is away its calls reject instead of waiting in a queue, it reconnects by
 * itself, and it notices a frozen server. Without `pingInterval`, `socketTimeout` would close a connection that is merely
 * idle.
 */
function failFastKeyvRedis(url: string): KeyvRedis<string> {
  return new KeyvRedis(
    {
      url,
      disableOfflineQueue: true,
      pingInterval: 500,
      socket: { connectTimeout: 1000, socketTimeout: 2000, reconnectStrategy: 250 },
    },
    { throwOnErrors: true, throwOnConnectError: false },
  );
}

export function failFastKeyv(url: string, namespace = 'keyv'): Keyv {
  return new Keyv(failFastKeyvRedis(url), { throwOnErrors: true, namespace });
}

/** Without a Keyv around it. */
function bareKeyvRedis(url: string, namespace: string): KeyvRedis<string> {
  return Object.assign(failFastKeyvRedis(url), { namespace });
}

/** The recommended stores, with a prefix of their own for every key. */
export const prefixedStores = {
  'a Keyv that fails fast': failFastKeyv,
  'a bare KeyvRedis': bareKeyvRedis,
  'a redisStore': (url: string, prefix: string) => redisStore({ url, prefix }),
} satisfies Record<string, (url: string, prefix: string) => KeyValueStore>;
