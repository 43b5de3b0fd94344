import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { testBus } from '../../../contracts/bus.ts';
import { createBusProbe } from '../../../support/bus/bus-probe.ts';
import {
  type RedisKind,
  type RedisServers,
  redisKinds,
  startRedisServers,
} from '../../../support/servers/redis-kinds.ts';

let servers: RedisServers;
beforeAll(async () => {
  servers = await startRedisServers();
});
afterAll(() => servers.stop());

const probe = createBusProbe();
afterEach(probe.closeAll);

describe.each(Object.entries(redisKinds))('a bus over %s', (name, open) => {
  let kind: RedisKind;
  let channel: string;
  beforeAll(async () => {
    kind = await open(servers);
  });
  afterAll(() => kind.close());
  beforeEach(() => {
    channel = crypto.randomUUID();
  });

  testBus({
    join: () => probe.observe(kind.bus(channel)),
    create: () => kind.bus(channel),
    countConnected: () => countSubscribers(servers, name, channel),
  });
});

/** Subscribers of a sharded channel are at one server of a cluster. */
async function countSubscribers(
  { server, cluster, sentinels }: RedisServers,
  name: string,
  channel: string,
): Promise<number> {
  const { command } = cluster;
  if (name.includes('cluster')) {
    const counts = cluster.masters.map((master) => command(master.url, 'PUBSUB', 'SHARDNUMSUB', `{${channel}}`));
    return (await Promise.all(counts)).map(countOf).reduce((sum, count) => sum + count, 0);
  }
  const { url } = name.includes('sentinel') ? sentinels.master : server;
  return countOf(await command(url, 'PUBSUB', 'NUMSUB', channel));
}

function countOf(answer: unknown): number {
  return Array.isArray(answer) ? Number(answer[1]) : 0;
}
