import { setTimeout as wait } from 'node:timers/promises';
import { createCluster } from 'redis';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createClusterSource } from '../../../../src/redis/cluster-source.ts';
import { hashSlotOf } from '../../../../src/redis/hash-slot.ts';
import { redisStore } from '../../../../src/redis/index.ts';
import { openRedisLink } from '../../../../src/redis/redis-link.ts';
import { stall } from '../../../support/bus/stall.ts';
import { type RedisCluster, startRedisCluster } from '../../../support/servers/redis-cluster.ts';
import { startRedis } from '../../../support/servers/redis-server.ts';
import { noteUncaught } from '../../../support/uncaught.ts';

const uncaught = noteUncaught();
let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(() => cluster.stop());

test('a link ends once another server has its channel', async () => {
  const { rootNodes } = cluster;
  const client = await createCluster({ rootNodes })
    .on('error', () => {})
    .connect();
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<unknown>();
  const link = openRedisLink({
    source: async () => createClusterSource(client),
    channels: ['{moving}'],
    onMessage() {},
    onOpened: opened.resolve,
    onEnd: ended.resolve,
  });
  await opened.promise;
  await cluster.moveSlot(hashSlotOf('moving'));
  expect(await ended.promise).toEqual(new Error('another server has the channel now'));
  link.close();
  client.destroy();
});

test('a call that a stalled process has not read yet is not given up', async () => {
  const { rootNodes, masters } = cluster;
  const store = redisStore({ rootNodes });
  await store.set('a', 'value of a', 60_000);
  for (const master of masters) master.pause();
  const reading = store.get('a');
  await wait(50);
  for (const master of masters) master.resume();
  stall(3000);
  expect(await Promise.all([store.get('a'), reading])).toEqual(['value of a', 'value of a']);
  store.disconnect();
});

const countSockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

test('a cluster whose root node is frozen leaves no connection behind', async () => {
  const server = await startRedis();
  const before = countSockets();
  server.pause();
  const store = redisStore({ rootNodes: [{ url: server.url }] });
  try {
    // The connection and the attempt to connect have the same deadline, and either may be noticed first.
    await expect(store.get('a')).rejects.toThrow(/did not answer within 2000 ms|All the root nodes are unavailable/);
    store.disconnect();
    await vi.waitFor(() => expect(countSockets()).toBe(before), { timeout: 5000 });
  } finally {
    server.resume();
    await server.stop();
  }
});

test('no error was left uncaught', () => {
  expect(uncaught).toEqual([]);
});
