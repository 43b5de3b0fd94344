import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { buckets } from '../../../src/cache/trust/buckets.ts';
import { hashSlotOf } from '../../../src/redis/hash-slot.ts';
import { nodeTimeoutMs, type RedisCluster, startRedisCluster } from '../../support/servers/redis-cluster.ts';
import { type RedisSentinels, startRedisSentinels } from '../../support/servers/redis-sentinels.ts';
import { testLength } from '../../support/test-length.ts';
import { type Redis, startProcesses } from './start-processes.ts';

/** How long a fault lasts beyond what the servers need for their failover, in milliseconds. */
const calmMs = testLength === 'full' ? 5000 : 500;
/** How long a slot that moves waits before each ten keys, in milliseconds. */
const stepMs = testLength === 'full' ? 250 : 50;
/** In the short form one of each eighth of the slots, so that some move from every server. */
const movedBuckets = buckets.filter((_, index) => testLength === 'full' || index % 2 === 0);
/** A message of the bus may take this long, in milliseconds. */
const messageMs = 50;

let cluster: RedisCluster;
let sentinels: RedisSentinels;
beforeAll(async () => {
  [cluster, sentinels] = await Promise.all([startRedisCluster(), startRedisSentinels()]);
});
afterAll(() => Promise.all([cluster.stop(), sentinels.stop()]));

interface Fault {
  readonly name: string;
  readonly redis: () => Redis;
  /** Whether calls fail meanwhile. Otherwise no process may report an outage. */
  readonly isOutage: boolean;
  /** How long two servers may take themselves for the master, in milliseconds. Default: never. */
  readonly splitMs?: number;
  /** Resolves once the servers have dealt with it. */
  readonly happen: (channel: string) => Promise<void>;
}

const serverOf = <T>(servers: readonly T[], index: number): T => {
  const server = servers[index];
  if (server === undefined) throw new Error('there is no such server');
  return server;
};

/** Each fault leaves other servers for the next one. */
const faults: readonly Fault[] = [
  {
    name: 'slots that move with their keys',
    redis: () => cluster.rootNodes,
    isOutage: false,
    happen: async (channel) => {
      for (const tag of [...movedBuckets, channel]) {
        const moved = await cluster.moveSlot(hashSlotOf(`{${tag}}`), () => wait(stepMs));
        if (moved === 0 && tag !== channel) throw new Error('no key has moved');
      }
    },
  },
  {
    name: 'a shard that restarts empty',
    redis: () => cluster.rootNodes,
    isOutage: true,
    happen: async () => {
      await serverOf(cluster.masters, 0).restart();
      await cluster.settled(cluster.masters);
    },
  },
  {
    name: 'a master that is killed',
    redis: () => cluster.rootNodes,
    isOutage: true,
    happen: async () => {
      await serverOf(cluster.masters, 1).kill();
      await cluster.promoted(serverOf(cluster.replicas, 1));
    },
  },
  {
    name: 'a master that stalls, and comes back as a replica',
    redis: () => cluster.rootNodes,
    isOutage: true,
    splitMs: nodeTimeoutMs,
    happen: async () => {
      serverOf(cluster.masters, 2).pause();
      await cluster.promoted(serverOf(cluster.replicas, 2));
      serverOf(cluster.masters, 2).resume();
    },
  },
  {
    name: 'a master that sentinels replace',
    redis: () => sentinels.options,
    isOutage: true,
    happen: async () => {
      await sentinels.master.kill();
      await sentinels.promoted();
    },
  },
];

/** With a bus in the long form alone. */
const kinds: readonly (readonly [kind: string, hasBus: boolean])[] = [
  ['a store', false],
  ...(testLength === 'full' ? [['a store and a bus', true] as const] : []),
];

describe.each(kinds)('four processes on %s', (kind, hasBus) => {
  beforeAll(async () => {
    if (!hasBus) return;
    await Promise.all([cluster.stop(), sentinels.stop()]);
    [cluster, sentinels] = await Promise.all([startRedisCluster(), startRedisSentinels()]);
  });

  test.each(faults)('survive $name', async ({ name, redis, isOutage, splitMs = 0, happen }) => {
    const deadlineMs = isOutage ? 100 : 5000; // a slow machine is no outage
    const app = startProcesses({ redis: redis(), hasBus, deadlineMs });
    onTestFinished(async () => void (await app.close()));
    await app.recovered();
    await wait(calmMs);
    const beganAt = performance.now();
    await happen(app.channel);
    const settledAt = performance.now();
    const recoveryMs = await app.recovered();
    await wait(calmMs);
    const { calls, refused, changes } = await app.stop();
    const boundMs = Math.max(hasBus ? messageMs : 0, splitMs);
    const beyond = app.stale.filter(({ lateMs, isWithinBound }) => !isWithinBound && lateMs >= boundMs);
    const latest = Math.max(0, ...app.stale.map(({ lateMs }) => lateMs));
    console.log(
      `${kind}, ${name}: ${(settledAt - beganAt).toFixed(0)} ms until the servers settled, the cache used by all ` +
        `${recoveryMs.toFixed(0)} ms later; ${calls} calls, ${changes} changes, ${app.stale.length} stale, ` +
        `${latest.toFixed(0)} ms late at most, ${beyond.length} beyond the announced bound`,
    );
    expect(refused).toBe(0);
    expect(isOutage ? 0 : app.storeOutages()).toBe(0);
    expect(beyond).toEqual([]);
  });
});
