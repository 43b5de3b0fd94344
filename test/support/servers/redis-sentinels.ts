import { setTimeout as wait } from 'node:timers/promises';
import { openClient } from './redis/open-client.ts';
import { type RedisServer, startRedis } from './redis-server.ts';

/** The name of the master among sentinels. */
export const masterName = 'main';

/** After so long without an answer, the master counts as failed, in milliseconds. */
const downAfterMs = 500;

/** A master and a replica, and three sentinels that watch them. */
export interface RedisSentinels {
  /** Where a client finds them: options of `createSentinel`. */
  readonly options: { name: string; sentinelRootNodes: { host: string; port: number }[] };
  readonly master: RedisServer;
  readonly replica: RedisServer;
  /** Resolves once the replica is the master. */
  promoted(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedisSentinels(): Promise<RedisSentinels> {
  const master = await startRedis();
  const replica = await startRedis(() => [
    '--replicaof',
    '127.0.0.1',
    String(master.port),
    '--repl-diskless-sync-delay',
    '0',
  ]);
  const watch = [
    `sentinel monitor ${masterName} 127.0.0.1 ${master.port} 2`,
    `sentinel down-after-milliseconds ${masterName} ${downAfterMs}`,
    `sentinel failover-timeout ${masterName} 3000`,
  ];
  const sentinels = await Promise.all([1, 2, 3].map(() => startRedis(() => [], watch)));
  const askSentinel = (server: RedisServer, ...words: string[]) => ask(server.url, ['SENTINEL', ...words, masterName]);
  const isReady = async (server: RedisServer) => {
    const [replicas, others] = [await askSentinel(server, 'REPLICAS'), await askSentinel(server, 'SENTINELS')];
    return Array.isArray(replicas) && replicas.length === 1 && Array.isArray(others) && others.length === 2;
  };
  await until(async () => (await Promise.all(sentinels.map(isReady))).every(Boolean), 'the sentinels did not meet');

  return {
    options: { name: masterName, sentinelRootNodes: sentinels.map(({ port }) => ({ host: '127.0.0.1', port })) },
    master,
    replica,
    promoted: () =>
      until(async () => String(await ask(replica.url, ['INFO', 'replication'])).includes('role:master'), 'no failover'),
    async stop() {
      master.resume();
      await Promise.all([...sentinels, replica, master].map((server) => server.stop()));
    },
  };
}

async function ask(url: string, words: string[]): Promise<unknown> {
  try {
    const client = await openClient(url);
    return await client.sendCommand(words).finally(() => client.destroy());
  } catch {
    return null;
  }
}

async function until(isTrue: () => Promise<boolean>, complaint: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(complaint);
    await wait(25);
  }
}
