import type { MikroORM } from '@mikro-orm/core';
import { createClient, createCluster } from 'redis';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { judgeRedis } from '../../../../src/cli/doctor/judge-redis.ts';
import { readRedis } from '../../../../src/cli/doctor/read-redis.ts';
import { redisBus, redisStore } from '../../../../src/redis/index.ts';
import { createCounters } from '../../../../src/throttle/create-counters.ts';
import { blocksOf } from '../../../docs/pages.ts';
import { closeDatabase, openDatabase } from '../../../support/database.ts';
import { entities, User } from '../../../support/entities.ts';
import { openReportedApp } from '../../../support/health/reported-app.ts';
import { type RedisCluster, startRedisCluster } from '../../../support/servers/redis-cluster.ts';
import { type RedisServer, startRedis } from '../../../support/servers/redis-server.ts';

let orm: MikroORM;
let server: RedisServer;
let cluster: RedisCluster;
beforeAll(async () => {
  [orm, server, cluster] = await Promise.all([openDatabase({ entities }), startRedis(), startRedisCluster()]);
  const em = orm.em.fork();
  em.create(User, { username: 'alice', passwordHash: null });
  await em.flush();
});
afterAll(() => Promise.all([closeDatabase(orm), server.stop(), cluster.stop()]));

const user = { username: 'app', password: 'pass' };
const asUser = (url: string) => Object.assign(new URL(url), user).href;

/** The rules in the docs, without their comments. */
function documentedRules(kind: string): string[] {
  const block = blocksOf('docs/operations.md').find(({ label }) => label === `rights=${kind}`);
  return (block?.code ?? '').replaceAll(/#.*/g, '').trim().split(/\s+/);
}

async function setUser(urls: readonly string[], ...rules: string[]): Promise<void> {
  const words = ['ACL', 'SETUSER', user.username, ...rules];
  await Promise.all(urls.map((url) => cluster.command(url, ...words)));
}

/** The commands that were refused, without what a client says of itself and the pings that any answer will do for. */
async function refused(urls: readonly string[]): Promise<string[]> {
  const logs = await Promise.all(
    urls.map(async (url) => {
      const admin = await createClient({ url }).connect();
      return admin.aclLog().finally(() => admin.destroy());
    }),
  );
  const commands = logs.flat().map(({ object }) => object);
  return commands.filter((name) => !['client|setinfo', 'ping'].includes(name));
}

const places = {
  server: async () => ({
    redis: { url: asUser(server.url) },
    client: await createClient({ url: asUser(server.url) }).connect(),
  }),
  cluster: async () => {
    const redis = { rootNodes: cluster.rootNodes, defaults: user };
    return { redis, client: await createCluster(redis).connect() };
  },
};

test.each(Object.entries(places))('the documented rights are enough on a %s', async (kind, open) => {
  const urls = kind === 'server' ? [server.url] : [...cluster.masters, ...cluster.replicas].map(({ url }) => url);
  await setUser(urls, 'reset', 'on', `>${user.password}`, ...documentedRules(kind));
  const { redis, client } = await open();
  onTestFinished(() => client.destroy());
  const cache = { ttl: '60s' as const, store: redisStore(redis), bus: redisBus(redis) };
  const throttle = { redis: client, rate: '1000/m' as const };
  const { durin, token, lines, unavailable } = await openReportedApp(orm, { cache, throttle });
  await durin.guard(new Headers({ authorization: `Token ${token}` }));
  await vi.waitFor(async () => {
    const { store, bus, throttle: limits } = await durin.health();
    expect([store, bus, limits].map(({ status }) => status)).toEqual(['up', 'up', 'up']);
  }, 5000);
  const counters = createCounters({ redis: client, prefix: 'durin:rate:test', now: Date.now });
  onTestFinished(counters.close);
  await counters.knownNetworks.remember('alice', '192.0.2.1');
  await counters.knownNetworks.has('alice', '192.0.2.1');
  await durin.tokens.revokeAll({ user: 1 });
  await expect(durin.authenticate(token)).rejects.toThrow('Invalid token.');
  expect([lines, unavailable, await refused(urls)]).toEqual([[], [], []]);

  await setUser(urls, '+acl|whoami', '+acl|dryrun'); // doctor's own
  const rights = judgeRedis(await readRedis(asUser(urls[0] ?? ''), 5000), new Set()).filter(
    ({ check }) => check === 'redis rights',
  );
  expect(new Set(rights.map(({ level }) => level))).toEqual(new Set(['ok']));
});
