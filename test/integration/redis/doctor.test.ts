import { createClient } from 'redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRedis } from '../../../src/cli/doctor/read-redis.ts';
import { denying } from '../../support/cli/denied-rights.ts';
import { type OpenRedis, openRedis } from '../../support/servers/redis-server.ts';

const timeoutMs = 10_000;

let redis: OpenRedis;
beforeAll(async () => {
  redis = await openRedis();
});
afterAll(() => redis.stop());

test('a Redis says which policy it has, and that everything is allowed', async () => {
  expect(await readRedis(redis.url, timeoutMs)).toMatchObject([
    {
      node: null,
      facts: {
        policy: expect.stringMatching(/^\w+(?:-\w+)?$/),
        maxMemory: expect.any(Number),
        denied: denying({}),
      },
    },
  ]);
});

test('a user who may do little is found out, and nothing is written', async () => {
  const admin = await createClient({ url: redis.url }).connect();
  await admin.sendCommand([
    'ACL',
    'SETUSER',
    'doctor',
    'reset',
    'on',
    '>pass',
    '~*',
    '&*',
    '+@all',
    '-eval',
    '-publish',
    '-pttl',
    '-zremrangebyrank',
  ]);
  await admin.sendCommand(['ACL', 'SETUSER', 'nobody', 'reset', 'on', '>pass', '+get']);
  const as = (username: string) => Object.assign(new URL(redis.url), { username, password: 'pass' }).href;
  expect(await readRedis(as('doctor'), timeoutMs)).toMatchObject([
    {
      facts: { denied: denying({ 'cache.bus': ['publish'], 'throttle.redis': ['eval', 'pttl', 'zremrangebyrank'] }) },
    },
  ]);
  expect(await readRedis(as('nobody'), timeoutMs)).toMatchObject([
    { node: null, facts: { version: null, policy: null, maxMemory: null, isPersistent: null, denied: null } },
  ]);
  expect(await admin.dbSize()).toBe(0);
  await admin.sendCommand(['ACL', 'DELUSER', 'doctor', 'nobody']);
  await admin.close();
});

test('a Redis that is not there is an error', async () => {
  await expect(readRedis('redis://127.0.0.1:1', timeoutMs)).rejects.toThrow('ECONNREFUSED');
});
