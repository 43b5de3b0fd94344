import { randomUUID } from 'node:crypto';
import { createCluster } from 'redis';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createCache } from '../../../../src/cache/create-cache.ts';
import {
  clientScope,
  type Scope,
  type SessionCache,
  tokenScope,
  userScope,
} from '../../../../src/cache/session-cache.ts';
import { type Bucket, bucketOf } from '../../../../src/cache/trust/buckets.ts';
import { hashSlotOf } from '../../../../src/redis/hash-slot.ts';
import { redisStore } from '../../../../src/redis/index.ts';
import { cacheParts, FakeDatabase, versionOf } from '../../../support/cache/cache-parts.ts';
import { type RedisCluster, startRedisCluster } from '../../../support/servers/redis-cluster.ts';

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(() => cluster.stop());

const opened: Process[] = [];
afterEach(async () => {
  for (const { cache, redis } of opened.splice(0)) {
    await cache.close();
    redis.destroy();
  }
});

const connect = () =>
  createCluster({ rootNodes: cluster.rootNodes })
    .on('error', () => {})
    .connect();

/** Longer than by default, because what is tested is not how soon a slow machine gives up. */
const deadlineMs = 5000;
const slotOf = (bucket: Bucket) => hashSlotOf(`{${bucket}}`);

interface Process {
  readonly cache: SessionCache;
  readonly redis: Awaited<ReturnType<typeof connect>>;
  /** Looks the token up, and returns its version and whether that took a query. */
  look(): Promise<readonly [version: number | null, from: 'the store' | 'the database']>;
}

/** The first number whose scope lies in the bucket. */
function firstIn(bucket: Bucket, toScope: (number: number) => Scope): number {
  let number = 0;
  while (bucketOf(toScope(number)) !== bucket) number += 1;
  return number;
}

/** Two processes over one database with one session, all of which lies in one bucket. */
async function startProcesses(bucket: Bucket) {
  const prefix = `${randomUUID()}:`;
  const database = new FakeDatabase();
  const token = `token ${firstIn(bucket, (number) => tokenScope(`token ${number}`))}`;
  const userId = firstIn(bucket, userScope);
  database.add(token, { userId, clientId: firstIn(bucket, clientScope) });

  async function start(): Promise<Process> {
    const redis = await connect();
    const store = redisStore(redis, { prefix });
    const settings = { ttlMs: 60_000, maxSessions: 100, deadlineMs, store, bus: null };
    const cache = createCache(settings, { ...cacheParts, now: Date.now });
    async function look() {
      const before = database.asked;
      const version = versionOf((await cache.find(token, database.load))?.record);
      return [version, database.asked === before ? 'the store' : 'the database'] as const;
    }
    const process = { cache, redis, look };
    opened.push(process);
    return process;
  }

  async function change(process: Process): Promise<void> {
    const row = database.rows.get(token);
    if (row !== undefined) row.version += 1;
    await process.cache.invalidate(userScope(userId));
  }

  return { one: await start(), other: await start(), change };
}

test('an idle process uses nothing from before a slot moved', async () => {
  const { one, other } = await startProcesses('15s');
  await one.look();
  await other.look();
  expect(await one.look()).toEqual([1, 'the store']);
  await cluster.moveSlot(slotOf('15s'));
  expect(await one.look()).toEqual([1, 'the database']);
  expect(await other.look()).toEqual([1, 'the store']);
  expect(await one.look()).toEqual([1, 'the store']);
});

test('a slot that lies on two servers is still cached', async () => {
  const { one, other, change } = await startProcesses('51s');
  await one.look();
  await other.look();
  await cluster.moveSlot(slotOf('51s'), async (steps) => {
    if (steps > 0) return;
    await change(one);
    expect(await other.look()).toEqual([2, 'the database']);
    expect(await one.look()).toEqual([2, 'the store']);
    expect(await other.look()).toEqual([2, 'the store']);
  });
  expect((await one.look())[0]).toBe(2);
});

test('a fence that is lost where its slot moves to voids its entries', async () => {
  const bucket = 'eko'; // on the last master, so that it moves to the first
  const { one, other, change } = await startProcesses(bucket);
  expect(await one.look()).toEqual([1, 'the database']);
  expect(await one.look()).toEqual([1, 'the store']);
  const [target] = cluster.masters;
  const loseFence = cluster.moveSlot(slotOf(bucket), async () => {
    await change(other); // its fence is new, so that it is written to the other server
    await other.cache.close();
    await target?.restart();
    throw new Error('the move is given up');
  });
  await expect(loseFence).rejects.toThrow('the move is given up');
  await cluster.settled(cluster.masters);
  const isConnected = () => one.redis.masters.every(({ client }) => client?.isReady);
  await vi.waitUntil(isConnected, { timeout: 10_000 }); // without a call, which might fail
  expect(await one.look()).toEqual([2, 'the database']);
});
