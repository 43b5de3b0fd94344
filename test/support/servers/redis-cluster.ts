import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './postgres-server.ts';
import { moveSlot, type SlotMove } from './redis/move-slot.ts';
import { openClient } from './redis/open-client.ts';
import { type RedisServer, startRedis } from './redis-server.ts';

const slotCount = 16_384;
/** After so long without an answer, a node counts as failed, in milliseconds. */
export const nodeTimeoutMs = 1000;

/** A Redis cluster of the test's own. */
export interface RedisCluster {
  /** Where a client finds it: the options of `createCluster`. */
  readonly rootNodes: { url: string }[];
  /** The servers that began as masters, each with a third of the slots. */
  readonly masters: readonly RedisServer[];
  /** The replica of each of them, in the same order. */
  readonly replicas: readonly RedisServer[];
  /** Sends a command to one of its servers. */
  command(url: string, ...words: string[]): Promise<unknown>;
  /** Waits until every server that runs sees all slots served. */
  settled(servers?: readonly RedisServer[]): Promise<void>;
  /** Moves a slot with its keys to the next of the masters, which must all run. Returns how many keys it moved. */
  moveSlot(slot: number, beforeStep?: SlotMove['beforeStep']): Promise<number>;
  /** Resolves once this replica is a master. */
  promoted(server: RedisServer): Promise<void>;
  stop(): Promise<void>;
}

/** Starts three masters with a replica each, on free ports of this machine. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const servers = await Promise.all(Array.from({ length: 6 }, () => startNode()));
  const [masters, replicas] = [servers.slice(0, 3), servers.slice(3)];

  const isSettled = async (server: RedisServer) =>
    String(await command(server.url, 'CLUSTER', 'INFO').catch(() => '')).includes('cluster_state:ok');
  const isMaster = async (server: RedisServer) =>
    String(await command(server.url, 'INFO', 'replication').catch(() => '')).includes('role:master');

  async function settled(of: readonly RedisServer[] = servers): Promise<void> {
    await until(async () => (await Promise.all(of.map(isSettled))).every(Boolean), 'the cluster did not settle');
  }

  await Promise.all(
    masters.map(async (server, index) => {
      const [from, to] = [index, index + 1].map((part) => Math.floor((part * slotCount) / masters.length));
      await command(server.url, 'CLUSTER', 'ADDSLOTSRANGE', String(from), String((to ?? 0) - 1));
      await command(server.url, 'CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
    }),
  );
  const [first] = masters;
  if (first === undefined) throw new Error('the cluster has no master');
  for (const server of servers.slice(1))
    await command(first.url, 'CLUSTER', 'MEET', '127.0.0.1', String(server.port), String(server.busPort));
  await settled(masters);
  await Promise.all(
    replicas.map(async (replica, index) => {
      const master = masters[index];
      if (master === undefined) return;
      const id = String(await command(master.url, 'CLUSTER', 'MYID'));
      const knows = async () => String(await command(replica.url, 'CLUSTER', 'NODES')).includes(id);
      await until(knows, 'a replica did not meet its master');
      await command(replica.url, 'CLUSTER', 'REPLICATE', id);
      const isLinked = async () =>
        String(await command(replica.url, 'INFO', 'replication')).includes('master_link_status:up');
      await until(isLinked, 'a replica did not reach its master');
    }),
  );
  await settled();

  /** The place of the slot's master among the masters. */
  async function ownerOf(slot: number): Promise<number> {
    const ranges = await command(masters[0]?.url ?? '', 'CLUSTER', 'SLOTS');
    const holds = (range: SlotRange) => range[0] <= slot && slot <= range[1];
    const port = (ranges as SlotRange[]).find(holds)?.[2][1];
    return masters.findIndex((master) => master.port === Number(port));
  }

  return {
    rootNodes: masters.map(({ url }) => ({ url })),
    masters,
    replicas,
    command,
    settled,
    async moveSlot(slot, beforeStep) {
      const owner = await ownerOf(slot);
      const urls = masters.map(({ url }) => url);
      const [from = '', to = '', ...others] = [...urls.slice(owner), ...urls.slice(0, owner)];
      return moveSlot({ slot, from, to, others, ...(beforeStep && { beforeStep }) });
    },
    promoted: (server) => until(() => isMaster(server), 'the replica was not promoted'),
    async stop() {
      for (const server of servers) server.resume();
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

/** A range as `CLUSTER SLOTS` lists it, with its master first. */
type SlotRange = readonly [from: number, to: number, master: readonly [host: string, port: number]];

async function command(url: string, ...words: string[]): Promise<unknown> {
  const client = await openClient(url);
  return client.sendCommand(words).finally(() => client.destroy());
}

/** A free port may be taken before the server listens on it: then it starts on others. */
async function startNode(tries = 5): Promise<RedisServer & { readonly busPort: number }> {
  try {
    return await startNodeOnce();
  } catch (error) {
    if (tries > 1 && String(error).includes('Address already in use')) return startNode(tries - 1);
    throw error;
  }
}

async function startNodeOnce(): Promise<RedisServer & { readonly busPort: number }> {
  const busPort = await freePort();
  const flags = [
    ['--cluster-enabled', 'yes'],
    ['--cluster-port', String(busPort)],
    ['--cluster-node-timeout', String(nodeTimeoutMs)],
    ['--cluster-replica-validity-factor', '0'],
    ['--repl-diskless-sync-delay', '0'],
  ];
  return Object.assign(await startRedis(() => flags.flat()), { busPort });
}

async function until(isTrue: () => Promise<boolean>, complaint: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(complaint);
    await wait(25);
  }
}
