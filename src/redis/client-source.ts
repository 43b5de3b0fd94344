import type { RedisSource } from './redis-source.ts';
import {
  askForServer,
  type Emitting,
  listenTo,
  type NodeClient,
  nameOfServer,
  nodeClientOptions,
} from './redis-source.ts';

/** A client of the package `redis`, as `createClient` returns it. */
export interface RedisClient extends Emitting {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  readonly options: { readonly socket?: object };
  sendCommand(words: string[]): Promise<unknown>;
  duplicate(overrides: ReturnType<typeof nodeClientOptions>): NodeClient;
}

/** A pool of the package `redis`, as `createClientPool` returns it. */
export interface RedisPool extends Emitting {
  readonly isOpen: boolean;
  readonly totalClients: number;
  sendCommand(words: string[]): Promise<unknown>;
  execute<T>(work: (client: RedisClient) => Promise<T>): Promise<T>;
}

const duplicate = (client: RedisClient) => client.duplicate(nodeClientOptions(client.options.socket));

export function createClientSource(client: RedisClient): RedisSource {
  async function send(words: string[]): Promise<unknown> {
    if (!client.isReady) throw new Error('the client is not connected');
    return client.sendCommand(words);
  }

  return {
    isCluster: false,
    send: (_key, words) => send(words),
    serversOf: (keys) => send(askForServer).then((info) => keys.map(() => nameOfServer(info))),
    createNodeClient: async () => duplicate(client),
    listen: ({ failed, changed }) => listenTo(client, { error: failed, ready: changed }),
  };
}

export function createPoolSource(pool: RedisPool): RedisSource {
  return {
    isCluster: false,
    send: (_key, words) => pool.sendCommand(words),
    serversOf: (keys) => pool.sendCommand(askForServer).then((info) => keys.map(() => nameOfServer(info))),
    createNodeClient: () => pool.execute(async (client) => duplicate(client)),
    listen: ({ failed }) => listenTo(pool, { error: failed }),
  };
}
