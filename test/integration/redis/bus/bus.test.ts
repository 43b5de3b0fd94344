import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { DurinUsageError } from '../../../../src/index.ts';
import { redisBus } from '../../../../src/redis/index.ts';
import { createBusProbe } from '../../../support/cache/bus-probe.ts';
import { type OpenRedis, openRedis } from '../../../support/servers/redis-server.ts';

let redis: OpenRedis;
beforeAll(async () => {
  redis = await openRedis();
});
afterAll(() => redis.stop());

const probe = createBusProbe();
afterEach(probe.closeAll);

test('every process receives each message once, within 50 ms', async () => {
  const [sender, ...listeners] = [probe.join(redis.url), probe.join(redis.url), probe.join(redis.url)];
  await Promise.all([sender, ...listeners].map((member) => member?.connected()));
  const times: number[] = [];
  for (let index = 0; index < 100; index += 1) {
    const startedAt = performance.now();
    const message = `token:${index}`;
    await Promise.all([sender?.bus.publish(message), ...listeners.map((listener) => listener.received(message))]);
    times.push(performance.now() - startedAt);
  }
  const median = times.toSorted((a, b) => a - b)[50] ?? Infinity;
  const longest = Math.max(...times);
  console.log(`100 messages: received after ${median.toFixed(2)} ms in the middle, ${longest.toFixed(1)} ms at most`);
  expect(median).toBeLessThan(50);
  for (const { messages } of [sender, ...listeners].filter((member) => member !== undefined))
    expect(messages).toEqual(Array.from({ length: 100 }, (_, index) => `token:${index}`));
});

test('it is connected once its first heartbeat has come back', async () => {
  const member = probe.join(redis.url);
  expect(member.bus.isConnected()).toBe(false);
  expect(member.losses()).toBe(0);
  await member.connected();
  expect(member.losses()).toBe(1);
});

test('it does not connect before it is started', async () => {
  const bus = redisBus({ url: redis.url });
  expect(bus.isConnected()).toBe(false);
  await expect(bus.publish('all')).rejects.toThrow(/client|closed/i);
  await bus.close();
});

test('apps with different channels do not receive each other', async () => {
  const [one, other] = [probe.join(redis.url, 'one'), probe.join(redis.url, 'other')];
  await Promise.all([one.connected(), other.connected()]);
  await one.bus.publish('all');
  await other.bus.publish('user:1');
  await Promise.all([one.received('all'), other.received('user:1')]);
  expect([one.messages, other.messages]).toEqual([['all'], ['user:1']]);
});

test('a closed bus sends and receives nothing', async () => {
  const [one, other] = [probe.join(redis.url), probe.join(redis.url)];
  await Promise.all([one.connected(), other.connected()]);
  await one.bus.close();
  await one.bus.close();
  expect(one.bus.isConnected()).toBe(false);
  expect(one.losses()).toBe(2);
  await expect(one.bus.publish('all')).rejects.toThrow(/client|closed/i);
  await other.bus.publish('all');
  await other.received('all');
  expect(one.messages).toEqual([]);
});

test('closed while connecting, it leaves no connection behind', async () => {
  const channel = 'closed early';
  const members = Array.from({ length: 5 }, () => probe.join(redis.url, channel));
  for (const [turn, { bus }] of members.entries()) {
    await wait(turn); // a connection in each of its states
    await bus.close();
  }
  const watcher = probe.join(redis.url, channel);
  await watcher.connected();
  await vi.waitFor(async () => expect(await watcher.subscribersOf(channel)).toBe(1), 2000);
  for (const { bus } of members) expect(bus.isConnected()).toBe(false);
});

test('a bus serves a single durin', async () => {
  const member = probe.join(redis.url);
  expect(() =>
    member.bus.start(
      () => {},
      () => {},
    ),
  ).toThrow(DurinUsageError);
});

test.each([
  ['url', {}],
  ['url', { url: 'localhost:6379' }],
  ['channel', { url: 'redis://localhost', channel: '' }],
  ["'chanel'", { url: 'redis://localhost', chanel: 'x' }],
])('a wrong option is named: %s of %j', (name, options) => {
  expect(() => redisBus(options as never)).toThrow(DurinUsageError);
  expect(() => redisBus(options as never)).toThrow(name);
});
