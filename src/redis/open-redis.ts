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
  /** Called every `tickMs` while it is open, to notice a connection on which nothing arrives. */
  tick?(): Promise<unknown>;
  /** Whether a call has had no answer for long, so that it has to be opened again. */
  isStuck?(): boolean;
  destroy(): void;
}

/** How often an open connection is checked, in milliseconds. */
export const tickMs = 500;
/** A connection on which nothing arrives for this long is dead, in milliseconds. TCP may take many minutes to notice. */
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
    tick: async () => {
      if (client.isReady) await client.ping();
    },
    destroy() {
      if (client.isOpen) client.destroy();
    },
  };
}

/**
 * A cluster's client waits for a frozen server for ever, even when its replica has replaced it: then it is opened again. The
 * wait is counted in ticks, not timed: a process that was stopped has not read the answer yet.
 */
function openCluster(options: RedisClusterOptions): OpenedRedis {
  const { defaults } = options;
  const socket = { ...failFast, ...defaults?.socket };
  const cluster = createCluster({
    ...options,
    rootNodes: options.rootNodes.map(withSocketTimeout),
    defaults: { disableOfflineQueue: true, ...defaults, socket },
  });
  const source = createClusterSource(cluster);
  const unanswered = new Set<{ readonly since: number }>();
  let ticks = 0;
  let isDestroyed = false;

  cluster.on('node-ready', () => {
    for (const { client } of cluster.masters) client?.unref();
  });
  /** Also of a cluster that was not opened as a whole: some of its connections may be there. */
  function destroy(): void {
    isDestroyed = true;
    const clients = [...cluster.masters, ...cluster.replicas].map(({ client }) => client);
    try {
      cluster.destroy();
    } catch {
      for (const client of clients) if (client?.isOpen === true) client.destroy(); // it stops at one that is closed
    }
  }

  async function connect(): Promise<void> {
    try {
      await cluster.connect();
    } finally {
      if (isDestroyed) destroy(); // it was given up, and has opened connections since
    }
  }

  return {
    source: {
      ...source,
      async send(key, words) {
        const call = { since: ticks };
        unanswered.add(call);
        return source.send(key, words).finally(() => unanswered.delete(call));
      },
    },
    connect: () => withTimeout(connect, connecting),
    async tick() {
      ticks += 1;
    },
    isStuck() {
      const [oldest] = unanswered;
      return oldest !== undefined && ticks - oldest.since > silenceMs / tickMs;
    },
    destroy,
  };
}

/** While a cluster is discovered, a frozen server would hold its connection for ever. */
function withSocketTimeout(node: RedisClientOptions): RedisClientOptions {
  return { ...node, socket: { socketTimeout: silenceMs, ...node.socket } };
}

function openSentinel(options: RedisSentinelOptions): OpenedRedis {
  const { nodeClientOptions } = options;
  const socket = { ...failFast, ...nodeClientOptions?.socket };
  const sentinel = createSentinel({
    passthroughClientErrorEvents: true,
    ...options,
    nodeClientOptions: { disableOfflineQueue: true, ...nodeClientOptions, socket },
  });
  let isDestroyed = false;

  function destroy(): void {
    isDestroyed = true;
    sentinel.destroy().catch(() => {});
  }

  async function connect(): Promise<void> {
    try {
      await sentinel.connect();
    } finally {
      if (isDestroyed) destroy(); // likewise
    }
  }

  return { source: createSentinelSource(sentinel), connect: () => withTimeout(connect, connecting), destroy };
}
