import type { RedisClient } from './client-source.ts';
import {
  askForServer,
  type Emitting,
  listenTo,
  nameOfServer,
  nodeClientOptions,
  type RedisSource,
} from './redis-source.ts';

/** The package has no other way to the options of the master's client. */
const runWithMaster = '_execute';

/** A client of sentinels of the package `redis`, as `createSentinel` returns it. */
export interface RedisSentinel extends Emitting {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  getSentinelNode(): unknown;
  sendCommand(isReadonly: boolean, words: string[]): Promise<unknown>;
  /** Runs the work with the client of the present master. */
  [runWithMaster]<T>(isReadonly: boolean, work: (client: RedisClient) => Promise<T>): Promise<T>;
}

export function createSentinelSource(sentinel: RedisSentinel): RedisSource {
  async function send(words: string[]): Promise<unknown> {
    if (!sentinel.isReady) throw new Error('the sentinel is not connected');
    return sentinel.sendCommand(false, words);
  }

  return {
    isCluster: false,
    send: (_key, words) => send(words),
    serversOf: (keys) => send(askForServer).then((info) => keys.map(() => nameOfServer(info))),
    createNodeClient: () =>
      sentinel[runWithMaster](false, async (client) => client.duplicate(nodeClientOptions(client.options.socket))),
    listen: ({ nodeFailed, changed }) =>
      listenTo(sentinel, {
        error: nodeFailed,
        'topology-change': (event) => {
          if (isMasterChange(event)) changed();
        },
      }),
  };
}

function isMasterChange(event: unknown): boolean {
  return typeof event === 'object' && event !== null && (event as { type?: unknown }).type === 'MASTER_CHANGE';
}
