import { rm } from 'node:fs/promises';
import type { MikroORM } from '@mikro-orm/core';
import { createClient } from 'redis';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { redisBus, redisStore } from '../../../../src/redis/index.ts';
import { closeDatabase, openDatabase } from '../../../support/database.ts';
import { entities, User } from '../../../support/entities.ts';
import { openReportedApp } from '../../../support/health/reported-app.ts';
import { startRedis } from '../../../support/servers/redis-server.ts';
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

/** An app that uses a Redis of its own for everything. */
async function open() {
  const server = await startRedis();
  const { url } = server;
  const client = createClient({ url, disableOfflineQueue: true });
  client.on('error', () => {});
  await client.connect();
  onTestFinished(async () => {
    client.destroy();
    await server.stop();
  });
  const cache = { ttl: '60s' as const, store: redisStore({ url }), bus: redisBus({ url }) };
  const app = await openReportedApp(orm, { cache, throttle: { redis: client, rate: '1000/m' } });
  const { durin, token } = app;
  const call = () => durin.guard(new Headers({ authorization: `Token ${token}` }));
  await call();
  const isUp = async () => expect(await durin.health()).toMatchObject({ isDegraded: false, bus: { status: 'up' } });
  await vi.waitFor(isUp, { timeout: 10_000 });
  return { ...app, server, client, call };
}

test('a frozen Redis is one event and one line for each part', async () => {
  const { durin, server, call, unavailable, recovered, lines } = await open();
  server.pause();
  await vi.waitFor(
    async () => {
      await call();
      expect(unavailable).toHaveLength(3);
    },
    { timeout: 5000 },
  );
  for (let calls = 0; calls < 10; calls += 1) await call();
  expect(Object.fromEntries(unavailable.map(({ part, reason }) => [part, reason]))).toEqual({
    store: 'the store did not answer within 100 ms',
    throttle: 'Redis did not answer within 100 ms',
    bus: 'Redis does not answer',
  });
  expect(await durin.health()).toMatchObject({ isHealthy: true, isDegraded: true });
  server.resume();
  await vi.waitFor(() => expect(recovered.toSorted()).toEqual(['bus', 'store', 'throttle']), { timeout: 10_000 });
  expect(lines).toHaveLength(3);
  await vi.waitFor(async () => expect(await durin.health()).toMatchObject({ isDegraded: false }), 5000);
});

test("health finds out that the throttle's Redis is gone before a call does", async () => {
  const { durin, server, unavailable } = await open();
  await server.kill();
  await vi.waitFor(async () => expect((await durin.health()).throttle.status).toBe('degraded'), 5000);
  expect(unavailable.find(({ part }) => part === 'throttle')?.reason).toMatch(/Redis is not connected|Socket closed/);
});

test('a Redis that cannot write to its disk is an event (MISCONF)', async () => {
  const { durin, client, call, unavailable } = await open();
  const { dir } = await client.configGet('dir');
  await client.configSet('save', '3600 1');
  await rm(String(dir), { recursive: true });
  await client.bgSave();
  await vi.waitFor(async () => expect(await client.info('persistence')).toContain('rdb_last_bgsave_status:err'), 5000);
  await vi.waitFor(
    async () => {
      await Promise.all([call(), durin.health()]);
      expect(unavailable.map(({ part }) => part)).toEqual(expect.arrayContaining(['store', 'throttle']));
    },
    { timeout: 5000 },
  );
  for (const { reason } of unavailable.filter(({ part }) => part !== 'bus')) expect(reason).toMatch(/^MISCONF /);
  const isDegraded = async () => expect(await durin.health()).toMatchObject({ isHealthy: true, isDegraded: true });
  await vi.waitFor(isDegraded, { timeout: 5000 });
});

test('none of this left an error uncaught', () => {
  expect(uncaught).toEqual([]);
});
