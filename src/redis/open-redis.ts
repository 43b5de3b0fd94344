import {
  createClient,
  createCluster,
  createSentinel,
  type RedisClientOptions,
  type RedisClusterOptions,
  type RedisSentinelOptions,
} from 'redis';
import { withTimeout } from '../async/with-timeout.ts';
import { createClientSource } from './client-source.ts';
import { createClusterSource } from './cluster-source.ts';
import type { RedisInput } from './redis-input.ts';
import type { RedisSource } from './redis-source.ts';
import { createSentinelSource } from './sentinel-source.ts';

/** A Redis that durin has opened itself, set up to fail fast. It keeps no process alive, but for sentinels. */
export interface OpenedRedis {
  readonly source: RedisSource;
  connect(): Promise<unknown>;
  /** Sends something, so that a connection on which nothing arrives is noticed as dead. */
  ping?(): Promise<unknown>;
  /** Whether a call has had no answer for long, so that it has to be opened again. */
  isStuck?(): boolean;
  destroy(): void;
}

/**
 * A connection on which nothing arrives for this long is dead, in milliseconds. It is more than what passes between two pings.
 * TCP may take many minutes to notice.
 */
const silenceMs = 2000;
const connecting = { timeoutMs: 2000, service: 'Redis' };

const failFast = {
  connectTimeout: 1000,
  reconnectStrategy: (retries: number) => Math.min(25 * 2 ** retries, 250),
};

export function openRedis(input: Exclude<RedisInput, { kind: 'connected' }>): OpenedRedis {
  switch (input.kind) {
    case 'client':
      return openClient(input.options);
    case 'cluster':
      return openCluster(input.options);
    case 'sentinel':
      return openSentinel(input.options);
  }
}

function openClient(options: RedisClientOptions): OpenedRedis {
  const socket = { ...failFast, socketTimeout: silenceMs, ...options.socket };
  const client = createClient({ disableOfflineQueue: true, ...options, socket });
  client.unref();
  return {
    source: createClientSource(client),
    connect: () => client.connect(),
    ping: async () => {
      if (client.isReady) await client.ping();
    },
    destroy() {
      if (client.isOpen) client.destroy();
    },
  };
}

/** A cluster's client waits for a frozen server for ever, even when its replica has replaced it: then it is opened again. */
function openCluster(options: RedisClusterOptions): OpenedRedis {
  const { defaults } = options;
  const socket = { ...failFast, ...defaults?.socket };
  const cluster = createCluster({ ...options, defaults: { disableOfflineQueue: true, ...defaults, socket } });
  const source = createClusterSource(cluster);
  const unanswered = new Set<{ readonly since: number }>();
  cluster.on('node-ready', () => {
    for (const { client } of cluster.masters) client?.unref();
  });
  return {
    source: {
      ...source,
      async send(key, words) {
        const call = { since: performance.now() };
        unanswered.add(call);
        return source.send(key, words).finally(() => unanswered.delete(call));
      },
    },
    connect: () => withTimeout(() => cluster.connect(), connecting),
    isStuck() {
      const [oldest] = unanswered;
      return oldest !== undefined && performance.now() - oldest.since > silenceMs;
    },
    destroy() {
      if (cluster.isOpen) cluster.destroy();
    },
  };
}

function openSentinel(options: RedisSentinelOptions): OpenedRedis {
  const { nodeClientOptions } = options;
  const socket = { ...failFast, ...nodeClientOptions?.socket };
  const sentinel = createSentinel({
    passthroughClientErrorEvents: true,
    ...options,
    nodeClientOptions: { disableOfflineQueue: true, ...nodeClientOptions, socket },
  });
  return {
    source: createSentinelSource(sentinel),
    connect: () => withTimeout(() => sentinel.connect(), connecting),
    destroy: () => void sentinel.destroy().catch(() => {}),
  };
}
