import type { RedisClient } from './client-source.ts';
import { hashSlotOf } from './hash-slot.ts';
import {
  askForServer,
  type Emitting,
  listenTo,
  nameOfServer,
  nodeClientOptions,
  type RedisSource,
} from './redis-source.ts';

interface ClusterNode {
  readonly address: string;
}

/** A cluster of the package `redis`, as `createCluster` returns it. */
export interface RedisCluster extends Emitting {
  readonly isOpen: boolean;
  readonly slots: readonly { readonly master: ClusterNode }[];
  nodeClient(node: ClusterNode): Promise<RedisClient>;
  sendCommand(key: string, isReadonly: boolean, words: string[]): Promise<unknown>;
}

export function createClusterSource(cluster: RedisCluster): RedisSource {
  function masterOf(key: string): ClusterNode {
    const master = cluster.slots[hashSlotOf(key)]?.master;
    if (master === undefined) throw new Error('no server of the cluster holds the key');
    return master;
  }

  return {
    isCluster: true,
    send: (key, words) => cluster.sendCommand(key, false, words),
    async serversOf(keys) {
      const masters = keys.map(masterOf);
      const asked = Array.from(new Set(masters), async (master) => {
        const client = await cluster.nodeClient(master);
        return [master, nameOfServer(await client.sendCommand(askForServer))] as const;
      });
      const names = new Map(await Promise.all(asked));
      return masters.map((master) => names.get(master) ?? '');
    },
    async createNodeClient(key) {
      const client = await cluster.nodeClient(masterOf(key));
      return client.duplicate(nodeClientOptions(client.options.socket));
    },
    listen: ({ nodeFailed, changed }) =>
      listenTo(cluster, {
        error: nodeFailed,
        'node-error': nodeFailed,
        'node-disconnect': changed,
        'node-connect': changed,
        'node-ready': changed,
      }),
  };
}
