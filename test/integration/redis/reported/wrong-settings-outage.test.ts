import type { MikroORM } from '@mikro-orm/core';
import { createClient } from 'redis';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { redisBus, redisStore } from '../../../../src/redis/index.ts';
import { closeDatabase, openDatabase } from '../../../support/database.ts';
import { entities, User } from '../../../support/entities.ts';
import { openReportedApp } from '../../../support/health/reported-app.ts';
import { startClusterOfTwo } from '../../../support/servers/redis-cluster-of-two.ts';
import { startRedis } from '../../../support/servers/redis-server.ts';
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

const withPassword = () => startRedis(() => ['--requirepass', 'the right password']);

/** Uses a cache in the Redis at this URL, whose store is reported within a second of the first call, and returns what is reported. */
async function reportsAbout(url: string, parts: number) {
  const cache = { ttl: '60s' as const, store: redisStore({ url }), bus: redisBus({ url }) };
  const app = await openReportedApp(orm, { cache });
  const firstCall = app.durin.authenticate(app.token);
  await vi.waitFor(() => expect(app.unavailable.map(({ part }) => part)).toContain('store'), { timeout: 1000 });
  await firstCall;
  await vi.waitFor(() => expect(app.unavailable.length).toBeGreaterThanOrEqual(parts), { timeout: 5000 });
  for (let call = 0; call < 10; call += 1) await app.durin.authenticate(app.token);
  return app;
}

test.for<[what: string, start: () => Promise<{ url: string; stop(): Promise<void> }>, reason: RegExp]>([
  ['a wrong password', withPassword, /^WRONGPASS invalid username-password pair/],
  ['an unknown authority', startTlsRedis, /^self-signed certificate/],
])('%s is an event and a line, for store and bus', async ([, start, reason]) => {
  const server = await start();
  onTestFinished(server.stop);
  const url = server.url.replace('//', '//:hunter2@');
  const { durin, unavailable, lines } = await reportsAbout(url, 2);
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

test('a cluster behind a plain URL is an event and a line, with advice', async () => {
  const cluster = await startClusterOfTwo();
  onTestFinished(cluster.stop);
  const { unavailable } = await reportsAbout(cluster.url, 1);
  const advice = /^(?:MOVED|CROSSSLOT) .*\(this Redis is part of a cluster: pass a client of the cluster\)$/;
  const ofStore = unavailable.filter(({ part }) => part === 'store'); // a busy machine may lose the bus for a moment
  expect(ofStore).toEqual([{ part: 'store', reason: expect.stringMatching(advice) as string }]);
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
