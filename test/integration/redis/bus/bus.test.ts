import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { DurinUsageError } from '../../../../src/index.ts';
import { redisBus } from '../../../../src/redis/index.ts';
import { testBus } from '../../../contracts/bus.ts';
import { createRedisBusProbe, subscribersOf } from '../../../support/bus/redis-bus-probe.ts';
import { type OpenRedis, openRedis } from '../../../support/servers/redis-server.ts';

let redis: OpenRedis;
let channel: string;
beforeAll(async () => {
  redis = await openRedis();
});
afterAll(() => redis.stop());

const probe = createRedisBusProbe();
beforeEach(() => {
  channel = crypto.randomUUID();
});
afterEach(probe.closeAll);

testBus({
  join: () => probe.join(redis.url, channel),
  create: () => redisBus({ url: redis.url, channel }),
  countConnected: () => subscribersOf(redis.url, channel),
});

test('apps with different channels do not receive each other', async () => {
  const [one, other] = [probe.join(redis.url, 'one'), probe.join(redis.url, 'other')];
  await Promise.all([one.connected(), other.connected()]);
  await one.bus.publish('all');
  await other.bus.publish('user:1');
  await Promise.all([one.received('all'), other.received('user:1')]);
  expect([one.messages, other.messages]).toEqual([['all'], ['user:1']]);
});

test.each([
  ['url', {}],
  ['url', { url: 'localhost:6379' }],
  ['channel', { url: 'redis://localhost', channel: '' }],
  ['without braces', { url: 'redis://localhost', channel: '{shop}' }],
  ["'chanel'", { url: 'redis://localhost', chanel: 'x' }],
])('a wrong option is named: %s of %j', (name, options) => {
  expect(() => redisBus(options as never)).toThrow(DurinUsageError);
  expect(() => redisBus(options as never)).toThrow(name);
});
