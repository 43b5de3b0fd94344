import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createRedisBusProbe } from '../../../support/bus/redis-bus-probe.ts';
import { publishFromAside, stall } from '../../../support/bus/stall.ts';
import { type RedisServer, startRedis } from '../../../support/servers/redis-server.ts';

const probe = createRedisBusProbe();
let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
afterEach(probe.closeAll);

test.each([200, 500, 2500])('after a stall of %i ms, it is trusted once its messages are read', async (ms) => {
  const { bus, messages, connected } = probe.join(redis.url, 'app');
  await connected();
  await publishFromAside(redis.url, 'app', 'token:late', 20);
  stall(ms);
  expect(bus.isConnected()).toBe(false);
  expect(messages).toEqual([]);
  const trusted = bus.whenTrusted?.() ?? null;
  expect(trusted).not.toBeNull();
  await trusted;
  expect(messages).toEqual(['token:late']);
  expect(bus.isConnected()).toBe(true);
});

test('nothing was lost by a long stall: its connection stays', async () => {
  const { bus, connected, states } = probe.join(redis.url, 'app');
  await connected();
  const client = await createClient({ url: redis.url }).connect();
  const names = async () => (await client.clientList()).map(({ id }) => id);
  const before = await names();
  stall(2500);
  await bus.whenTrusted?.();
  expect(await names()).toEqual(before);
  expect(states.at(-1)).toBe('connected');
  client.destroy();
});

test('a user who may not subscribe to the channel holds nothing back', async () => {
  const client = await createClient({ url: redis.url }).connect();
  await client.sendCommand(['ACL', 'SETUSER', 'deaf', 'on', '>secret', '~*', '+@all', 'resetchannels']);
  const { host } = new URL(redis.url);
  const { bus } = probe.join(`redis://deaf:secret@${host}`, 'app');
  await vi.waitFor(async () => {
    const log = (await client.sendCommand(['ACL', 'LOG'])) as unknown as unknown[];
    expect(log.length).toBeGreaterThan(0);
  });
  expect([bus.isConnected(), bus.whenTrusted?.()]).toEqual([false, null]);
  client.destroy();
});

test('after a loss, what was missed is known before it is trusted', async () => {
  const { bus, connected, states } = probe.join(redis.url, 'app');
  await connected();
  await redis.kill();
  await vi.waitFor(() => expect(bus.isConnected()).toBe(false));
  const trusted = bus.whenTrusted?.() ?? null;
  expect(trusted).not.toBeNull();
  await redis.restart();
  await trusted;
  expect(states).toEqual(['connected', 'lost', 'connected']);
});
