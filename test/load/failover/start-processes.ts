import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { createCache } from '../../../src/cache/create-cache.ts';
import { type SessionCache, tokenScope, userScope } from '../../../src/cache/session-cache.ts';
import { redisBus, redisStore } from '../../../src/redis/index.ts';
import { cacheParts, FakeDatabase, versionOf } from '../../support/cache/cache-parts.ts';
import { createOutageLog } from '../../support/health/outage-log.ts';
import type { RedisCluster } from '../../support/servers/redis-cluster.ts';
import type { RedisSentinels } from '../../support/servers/redis-sentinels.ts';
import { testLength } from '../../support/test-length.ts';

const tokenCount = testLength === 'full' ? 400 : 60;
const processCount = 4;
/** Within this time all processes use the store again. */
const maxRecoveryMs = 15_000;

/** The root nodes of a cluster, or the options of sentinels. */
export type Redis = RedisCluster['rootNodes'] | RedisSentinels['options'];

const any = <T>(values: readonly T[]) => values[Math.floor(Math.random() * values.length)] as T;

interface Circumstances {
  readonly redis: Redis;
  readonly hasBus: boolean;
  /** How long a call of the store may take, in milliseconds. */
  readonly deadlineMs: number;
}

/** The caches of four processes over one database, and calls that never end. */
export function startProcesses({ redis, hasBus, deadlineMs }: Circumstances) {
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
    close: () => Promise.all(processes.map((cache) => cache.close())),
  };
}
