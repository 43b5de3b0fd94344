import type { RedisClient } from './client-source.ts';
import { hashSlotOf } from './hash-slot.ts';
import {
  askForServer,
  type Emitting,
  listenTo,
  nameOfServer,
  nameOfServers,
  nodeClientOptions,
  type RedisSource,
} from './redis-source.ts';
import { createSlotWatch, isTryAgain } from './slot-watch.ts';

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
  const listeners = new Set<() => void>();
  const watch = createSlotWatch({
    addressOf: (slot) => cluster.slots[slot]?.master.address,
    onChange() {
      for (const changed of listeners) changed();
    },
    now: () => performance.now(),
  });

  function masterOf(key: string): ClusterNode {
    const master = cluster.slots[hashSlotOf(key)]?.master;
    if (master === undefined) throw new Error('no server of the cluster holds the key');
    return master;
  }

  async function nameOf(master: ClusterNode): Promise<string> {
    const client = await cluster.nodeClient(master);
    return nameOfServer(await client.sendCommand(askForServer));
  }

  return {
    isCluster: true,
    async send(key, words) {
      const slot = hashSlotOf(key);
      try {
        return await cluster.sendCommand(key, false, words);
      } catch (error) {
        if (isTryAgain(error)) watch.isSplit(slot);
        throw error;
      } finally {
        watch.called(slot);
      }
    },
    /** The keys of a slot that moves lie on two servers, of which one is unknown, so they are named after all servers. */
    async serversOf(keys) {
      const places = keys.map((key) => ({ master: masterOf(key), isMoving: watch.name(hashSlotOf(key)) }));
      const isAnyMoving = places.some(({ isMoving }) => isMoving);
      const assigned = isAnyMoving ? Object.values(cluster.slots) : places; // a slot may be nobody's
      const asked = new Set(assigned.map(({ master }) => master));
      const answers = await Promise.all(Array.from(asked, async (master) => [master, await nameOf(master)] as const));
      const names = new Map(answers);
      const nameOfAll = nameOfServers([...names.values()]);
      return places.map(({ master, isMoving }) => (isMoving ? nameOfAll : (names.get(master) ?? '')));
    },
    async createNodeClient(key) {
      const client = await cluster.nodeClient(masterOf(key));
      return client.duplicate(nodeClientOptions(client.options.socket));
    },
    listen({ nodeFailed, changed }) {
      listeners.add(changed);
      const stopListening = listenTo(cluster, {
        error: nodeFailed,
        'node-error': nodeFailed,
        'node-disconnect': changed,
        'node-connect': changed,
        'node-ready': changed,
      });
      return () => {
        listeners.delete(changed);
        stopListening();
      };
    },
  };
}
