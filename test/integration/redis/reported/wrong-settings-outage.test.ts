import type { MikroORM } from '@mikro-orm/core';
import { createClient } from 'redis';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type RedisBusOptions, type RedisStoreOptions, redisBus, redisStore } from '../../../../src/redis/index.ts';
import { closeDatabase, openDatabase } from '../../../support/database.ts';
import { entities, User } from '../../../support/entities.ts';
import { openReportedApp } from '../../../support/health/reported-app.ts';
import { startClusterOfTwo } from '../../../support/servers/redis-cluster-of-two.ts';
import { type RedisServer, startRedis } from '../../../support/servers/redis-server.ts';
import { startTlsRedis } from '../../../support/servers/tls-redis.ts';
import { noteUncaught } from '../../../support/uncaught.ts';

const uncaught = noteUncaught();
let orm: MikroORM;
beforeAll(async () => {
  orm = await openDatabase({ entities });
  const em = orm.em.fork();
  em.create(User, { username: 'alice', passwordHash: null });
  await em.flush();
});
afterAll(() => closeDatabase(orm));

const password = 'the right password';
const withPassword = () => startRedis(() => ['--requirepass', password]);

/** A sentinel that watches this master. */
async function startSentinelOf(master: RedisServer) {
  const watch = [`sentinel monitor main 127.0.0.1 ${master.port} 1`, `sentinel auth-pass main ${quoted(password)}`];
  const sentinel = await startRedis(() => [], watch);
  onTestFinished(sentinel.stop);
  return { name: 'main', sentinelRootNodes: [{ host: '127.0.0.1', port: sentinel.port }] };
}
const quoted = (text: string) => `"${text}"`;

const over = (options: RedisStoreOptions & RedisBusOptions) => ({
  store: redisStore(options),
  bus: redisBus(options),
});
type Parts = ReturnType<typeof over>;

/** Uses a cache whose store is reported within a second of the first call, and returns what is reported. */
async function reportsAbout({ store, bus }: Parts, parts: number) {
  const app = await openReportedApp(orm, { cache: { ttl: '60s', store, bus } });
  const firstCall = app.durin.authenticate(app.token);
  await vi.waitFor(() => expect(app.unavailable.map(({ part }) => part)).toContain('store'), { timeout: 1000 });
  await firstCall;
  await vi.waitFor(() => expect(app.unavailable.length).toBeGreaterThanOrEqual(parts), { timeout: 5000 });
  for (let call = 0; call < 10; call += 1) await app.durin.authenticate(app.token);
  return app;
}

const wrong = { username: '', password: 'hunter2' };
const withWrong = (url: string) => url.replace('//', '//:hunter2@');

/** What an app may pass, with a wrong password or without the authority of the server. */
const mistakes: Record<string, () => Promise<Parts>> = {
  async 'a wrong password in a URL'() {
    const server = await withPassword();
    onTestFinished(server.stop);
    return over({ url: withWrong(server.url) });
  },
  async 'a wrong password for a cluster'() {
    const server = await withPassword();
    onTestFinished(server.stop);
    return over({ rootNodes: [{ url: server.url }], defaults: wrong });
  },
  async 'a wrong password behind sentinels'() {
    const server = await withPassword();
    onTestFinished(server.stop);
    return over({ ...(await startSentinelOf(server)), nodeClientOptions: wrong });
  },
  async 'an unknown authority of a server'() {
    const server = await startTlsRedis();
    onTestFinished(server.stop);
    return over({ url: withWrong(server.url) });
  },
  async 'an unknown authority of a cluster'() {
    const server = await startTlsRedis();
    onTestFinished(server.stop);
    return over({ rootNodes: [{ url: server.url }], defaults: wrong });
  },
};

test.each(Object.entries(mistakes))('%s is an event and a line, for store and bus', async (what, open) => {
  const { durin, unavailable, lines } = await reportsAbout(await open(), 2);
  const reason = what.includes('password') ? /^WRONGPASS invalid username-password pair/ : /^self-signed certificate/;
  const expected = { reason: expect.stringMatching(reason) as string };
  expect(unavailable.toSorted((a, b) => b.part.localeCompare(a.part))).toEqual([
    { part: 'store', ...expected },
    { part: 'bus', ...expected },
  ]);
  expect(lines).toHaveLength(2);
  const health = await durin.health();
  expect(health).toMatchObject({
    isHealthy: true,
    isDegraded: true,
    database: { status: 'up' },
    store: { status: 'degraded', ...expected },
    bus: { status: 'degraded', ...expected },
  });
  expect(JSON.stringify([health, lines, unavailable])).not.toContain('hunter2');
});

test("a new password behind the cache's client is an event in a second", async () => {
  const server = await withPassword();
  onTestFinished(server.stop);
  const client = createClient({ url: server.url, password, disableOfflineQueue: true });
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.destroy());
  const cache = { ttl: '60s' as const, store: redisStore(client), bus: redisBus(client) };
  const { durin, token, unavailable, lines } = await openReportedApp(orm, { cache });
  await vi.waitFor(async () => {
    const { store, bus } = await durin.health();
    expect([store.status, bus.status]).toEqual(['up', 'up']);
  }, 5000);
  expect(unavailable).toEqual([]);

  await client.configSet('requirepass', 'another password');
  await client.clientKill({ filter: 'SKIPME', skipMe: false }).catch(() => {}); // its own connection is cut too
  const isReported = async () => {
    await durin.authenticate(token);
    expect(unavailable.map(({ part }) => part)).toContain('store');
  };
  await vi.waitFor(isReported, { timeout: 1000 });
  await vi.waitFor(() => expect(unavailable.map(({ part }) => part)).toEqual(['store', 'bus']), 5000);
  expect(lines).toHaveLength(2);
});

test('a cluster behind a plain URL is an event and a line, with advice', async () => {
  const cluster = await startClusterOfTwo();
  onTestFinished(cluster.stop);
  const { unavailable, lines } = await reportsAbout(over({ url: cluster.url }), 1);
  const advice = '(?:MOVED|CROSSSLOT) .*\\(this Redis is part of a cluster: pass a client of the cluster\\)';
  const ofStore = unavailable.filter(({ part }) => part === 'store'); // a busy machine may lose the bus for a moment
  expect(ofStore).toEqual([{ part: 'store', reason: expect.stringMatching(`^${advice}$`) as string }]);
  expect(lines.filter((line) => new RegExp(advice).test(line))).toHaveLength(1);
});

test("a new password behind the throttle's client is an event in a second", async () => {
  const server = await withPassword();
  onTestFinished(server.stop);
  const client = createClient({ url: server.url.replace('//', '//:the%20right%20password@') });
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.destroy());
  const { durin, token, unavailable } = await openReportedApp(orm, { throttle: { redis: client, rate: '1000/m' } });
  const call = () => durin.guard(new Headers({ authorization: `Token ${token}` }));
  await call();
  expect(unavailable).toEqual([]);

  await client.configSet('requirepass', 'another password');
  await client.clientKill({ filter: 'SKIPME', skipMe: false }).catch(() => {}); // its own connection is cut too
  const isReported = async () => {
    await call();
    expect(unavailable.map(({ part }) => part)).toEqual(['throttle']);
  };
  await vi.waitFor(isReported, { timeout: 1000 });
});

test('health finds a wrong password before the first call', async () => {
  const server = await withPassword();
  onTestFinished(server.stop);
  const { durin, unavailable } = await openReportedApp(orm, {
    cache: { ttl: '60s', store: redisStore({ url: server.url }) },
  });
  expect(await durin.health()).toMatchObject({ isHealthy: true, store: { status: 'degraded' } });
  expect(unavailable).toEqual([{ part: 'store', reason: expect.stringMatching(/^NOAUTH /) as string }]);
});

test('none of this left an error uncaught', () => {
  expect(uncaught).toEqual([]);
});
