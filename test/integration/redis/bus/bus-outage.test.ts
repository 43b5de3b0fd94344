import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRedisBusProbe } from '../../../support/bus/redis-bus-probe.ts';
import { openNetworkPath } from '../../../support/servers/network-path.ts';
import { freePort } from '../../../support/servers/postgres-server.ts';
import { type RedisServer, startRedis } from '../../../support/servers/redis-server.ts';
import { noteUncaught } from '../../../support/uncaught.ts';

const uncaught = noteUncaught();
const probe = createRedisBusProbe();
let redis: RedisServer;
beforeEach(async () => {
  redis = await startRedis();
});
afterEach(async () => {
  await probe.closeAll();
  await redis.stop();
});

async function joinTwo() {
  const [one, other] = [probe.join(redis.url), probe.join(redis.url)];
  await Promise.all([one.connected(), other.connected()]);
  return { one, other };
}

/** Whether a message still gets from one to the other. */
async function expectTalk({ one, other }: Awaited<ReturnType<typeof joinTwo>>): Promise<void> {
  await Promise.all([one.connected(), other.connected()]);
  await one.bus.publish('token:late');
  await other.received('token:late');
}

test('a frozen Redis is noticed within about a second', async () => {
  const { one, other } = await joinTwo();
  const lossesBefore = other.losses();
  redis.pause();
  const startedAt = performance.now();
  await expect(one.bus.publish('token:1')).rejects.toThrow('within 250 ms');
  expect(performance.now() - startedAt).toBeLessThan(500);
  await one.disconnected(1500);
  await other.lost(lossesBefore + 1, 1500 + 250); // nobody asks `other` whether it is connected
  expect(performance.now() - startedAt).toBeLessThan(2500);

  redis.resume();
  await Promise.all([one.connected(), other.connected()]);
  expect(other.losses()).toBe(lossesBefore + 2); // lost, and back
  await expectTalk({ one, other });
});

test('a connection that the network lost is replaced within seconds', async () => {
  const path = await openNetworkPath(redis.url);
  const [one, other] = [probe.join(path.url), probe.join(redis.url)];
  await Promise.all([one.connected(), other.connected()]);
  path.loseConnections();
  await one.disconnected(1500);
  await expect(one.bus.publish('token:1')).rejects.toThrow(/Redis|client|closed|offline/i);
  const took = await one.connected(5000);
  console.log(`connected again ${took.toFixed(0)} ms after it was noticed`);
  await expectTalk({ one, other });
  await probe.closeAll();
  await path.close();
});

test('it notices at once that Redis was killed, and reconnects', async () => {
  const { one, other } = await joinTwo();
  const lossesBefore = other.losses();
  await redis.kill();
  await Promise.all([one.disconnected(500), other.disconnected(500)]);
  expect(other.losses()).toBe(lossesBefore + 1);
  await expect(one.bus.publish('token:1')).rejects.toThrow(/Redis|client|closed|offline/i);
  await redis.restart();
  const took = await one.connected(2000);
  console.log(`connected again ${took.toFixed(0)} ms after the restart`);
  await expectTalk({ one, other });
  expect(other.losses()).toBeGreaterThanOrEqual(lossesBefore + 2);
});

test('a Redis that is unreachable at the start is waited for', async () => {
  await redis.kill();
  const { one, other } = { one: probe.join(redis.url), other: probe.join(redis.url) };
  await expect(one.bus.publish('token:1')).rejects.toThrow(/Redis|client|closed|offline/i);
  expect(one.bus.isConnected()).toBe(false);
  await redis.restart();
  await expectTalk({ one, other });
});

test('closed while Redis is away or frozen, it never connects', async () => {
  const absent = probe.join(`redis://127.0.0.1:${await freePort()}`);
  const { one } = await joinTwo();
  redis.pause();
  const startedAt = performance.now();
  await Promise.all([absent.bus.close(), one.bus.close()]);
  expect(performance.now() - startedAt).toBeLessThan(100);
  redis.resume();
  const watcher = probe.join(redis.url);
  await watcher.connected();
  expect(one.bus.isConnected() || absent.bus.isConnected()).toBe(false);
});

test('no error was left uncaught', () => {
  expect(uncaught).toEqual([]);
});
