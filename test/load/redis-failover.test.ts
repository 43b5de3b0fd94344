import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createCache } from '../../src/cache/create-cache.ts';
import { type SessionCache, tokenScope, userScope } from '../../src/cache/session-cache.ts';
import { buckets } from '../../src/cache/trust/buckets.ts';
import { hashSlotOf } from '../../src/redis/hash-slot.ts';
import { redisBus, redisStore } from '../../src/redis/index.ts';
import { cacheParts, FakeDatabase, versionOf } from '../support/cache/cache-parts.ts';
import { createOutageLog } from '../support/health/outage-log.ts';
import { nodeTimeoutMs, type RedisCluster, startRedisCluster } from '../support/servers/redis-cluster.ts';
import { type RedisSentinels, startRedisSentinels } from '../support/servers/redis-sentinels.ts';
import { testLength } from '../support/test-length.ts';

const tokenCount = testLength === 'full' ? 400 : 60;
const processCount = 4;
/** How long a fault lasts beyond what the servers need for their failover, in milliseconds. */
const calmMs = testLength === 'full' ? 5000 : 500;
/** How long a slot that moves waits before each ten keys, in milliseconds. */
const stepMs = testLength === 'full' ? 250 : 50;
/** In the short form one of each eighth of the slots, so that some move from every server. */
const movedBuckets = buckets.filter((_, index) => testLength === 'full' || index % 2 === 0);
/** A message of the bus may take this long, in milliseconds. */
const messageMs = 50;
/** Within this time all processes use the store again. */
const maxRecoveryMs = 15_000;

let cluster: RedisCluster;
let sentinels: RedisSentinels;
beforeAll(async () => {
  [cluster, sentinels] = await Promise.all([startRedisCluster(), startRedisSentinels()]);
});
afterAll(() => Promise.all([cluster.stop(), sentinels.stop()]));

const opened: SessionCache[] = [];
afterEach(() => Promise.all(opened.splice(0).map((cache) => cache.close())));

type Redis = RedisCluster['rootNodes'] | RedisSentinels['options'];

const any = <T>(values: readonly T[]) => values[Math.floor(Math.random() * values.length)] as T;

interface Circumstances {
  readonly redis: Redis;
  readonly hasBus: boolean;
  /** How long a call of the store may take, in milliseconds. */
  readonly deadlineMs: number;
}

/** The caches of four processes over one database, and calls that never end. */
function startProcesses({ redis, hasBus, deadlineMs }: Circumstances) {
  const app = randomUUID();
  const options = Array.isArray(redis) ? { rootNodes: redis } : redis;
  const database = new FakeDatabase();
  const tokens = Array.from({ length: tokenCount }, (_, index) => `t${index}`);
  for (const [index, selector] of tokens.entries()) database.add(selector, { userId: index % 20, clientId: index % 2 });
  const outages = Array.from({ length: processCount }, createOutageLog);
  const processes = outages.map((log) => {
    const watchPart = (part: 'store' | 'bus') => (part === 'store' ? log : { unavailable() {}, recovered() {} });
    const bus = hasBus ? redisBus({ ...options, channel: app }) : null;
    const store = redisStore({ ...options, prefix: `${app}:` });
    const settings = { ttlMs: 60_000, maxSessions: 1000, deadlineMs, store, bus };
    const cache = createCache(settings, { ...cacheParts, watchPart, now: Date.now });
    opened.push(cache);
    return cache;
  });
  /** What was accepted after it had been changed, and whether the docs announce that it may happen. */
  const stale: { readonly lateMs: number; readonly isWithinBound: boolean }[] = [];
  let calls = 0;
  let refused = 0;
  let changes = 0;
  const ending = new AbortController();
  /** By token, the version that each look-up must see, since when, and whether that is put off until an outage ends. */
  const announced = new Map<string, { version: number; at: number; isPutOff: () => boolean }>();

  async function look(cache: SessionCache, selector: string): Promise<void> {
    const least = announced.get(selector);
    const isWithinBound = least?.isPutOff() ?? false;
    const found = versionOf((await cache.find(selector, database.load))?.record);
    calls += 1;
    if (found === null) refused += 1;
    else if (least !== undefined && found < least.version)
      stale.push({ lateMs: performance.now() - least.at, isWithinBound });
  }

  async function change(): Promise<void> {
    const selector = any(tokens);
    const row = database.rows.get(selector);
    if (row === undefined) return;
    row.version += 1;
    const { version, userId } = row;
    const by = Math.floor(Math.random() * processCount);
    await processes[by]?.invalidate(changes % 3 === 0 ? userScope(userId) : tokenScope(selector));
    changes += 1;
    const isPutOff = outages[by]?.untilItEnds() ?? (() => false);
    announced.set(selector, { version, at: performance.now(), isPutOff });
  }

  const lanes = processes.map(async (cache) => {
    while (!ending.signal.aborted) {
      await look(cache, any(tokens));
      await wait(1);
    }
  });
  const changing = (async () => {
    while (!ending.signal.aborted) {
      await change();
      await wait(10);
    }
  })();

  /** A token of each bucket that nobody else looks up. */
  const probes = Array.from({ length: 32 }, (_, index) => `probe ${index}`);
  for (const selector of probes) database.add(selector, { userId: 1000, clientId: 1 });

  /** Whether each process answers from the store. */
  async function isCached(): Promise<boolean> {
    const asked = { count: 0 };
    const load = (selector: string) => {
      asked.count += 1;
      return database.load(selector);
    };
    const findAll = (cache: SessionCache) => Promise.all(probes.map((selector) => cache.find(selector, load)));
    for (const cache of processes) await findAll(cache);
    asked.count = 0;
    for (const cache of processes) await findAll(cache);
    return asked.count === 0;
  }

  return {
    channel: app,
    stale,
    storeOutages: () => outages.reduce((sum, { count }) => sum + count(), 0),
    async recovered(): Promise<number> {
      const startedAt = performance.now();
      while (!(await isCached())) {
        if (performance.now() - startedAt > maxRecoveryMs) throw new Error('the store is not used again');
        await wait(50);
      }
      return performance.now() - startedAt;
    },
    async stop() {
      ending.abort();
      await Promise.all([...lanes, changing]);
      return { calls, refused, changes };
    },
  };
}

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
