import type { MikroORM } from '@mikro-orm/core';
import { Keyv } from 'keyv';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDurin } from '../../../../src/index.ts';
import { redisBus } from '../../../../src/redis/index.ts';
import { clients, requiredOptions } from '../../../support/app.ts';
import { closeDatabase, openDatabase } from '../../../support/database.ts';
import { entities, User } from '../../../support/entities.ts';
import { type RedisServer, startRedis } from '../../../support/servers/redis-server.ts';
import { noteUncaught } from '../../../support/uncaught.ts';

const uncaught = noteUncaught();
let orm: MikroORM;
let redis: RedisServer;
beforeAll(async () => {
  [orm, redis] = await Promise.all([openDatabase({ entities }), startRedis()]);
  const em = orm.em.fork();
  em.create(User, { username: 'alice', passwordHash: null });
  await em.flush();
});
afterAll(async () => {
  await Promise.all([redis.stop(), closeDatabase(orm)]);
});

test('an outage of the bus is one event and one line in the log', async () => {
  const warnings: string[] = [];
  const durin = createDurin({
    ...requiredOptions(orm),
    clients,
    cache: { ttl: '60s', store: new Keyv(), bus: redisBus({ url: redis.url }) },
    onWarning: (line) => void warnings.push(line),
  });
  const events: unknown[] = [];
  durin.events.on('cacheUnavailable', (event) => void events.push(['unavailable', event]));
  durin.events.on('cacheRecovered', (event) => void events.push(['recovered', event]));
  await durin.clients.sync();
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  await durin.authenticate(token);

  const reason = expect.stringMatching(/ECONNREFUSED|ECONNRESET|Socket closed/) as string;
  const outage = ['unavailable', { part: 'bus', reason }];
  await redis.kill();
  await vi.waitFor(() => expect(events).toEqual([outage]), { timeout: 10_000 });
  await durin.authenticate(token);
  await redis.restart();
  await vi.waitFor(() => expect(events).toEqual([outage, ['recovered', { part: 'bus' }]]), { timeout: 10_000 });
  const line = /^trpc-durin: sessions are not kept in this process until the cache's bus works again: /;
  expect(warnings).toEqual([expect.stringMatching(line)]);
  await durin.close();
});

test('no error was left uncaught', () => {
  expect(uncaught).toEqual([]);
});
