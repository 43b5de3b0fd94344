import type { MikroORM } from '@mikro-orm/core';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type AppProcess,
  addCallers,
  type Caller,
  startProcess,
  usesCache,
} from '../../support/cache/app-processes.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';
import { entities } from '../../support/entities.ts';
import { type RedisServer, startRedis } from '../../support/servers/redis-server.ts';

let orm: MikroORM;
let redis: RedisServer;
let admin: ReturnType<typeof createClient>;
beforeAll(async () => {
  [orm, redis] = await Promise.all([openDatabase({ entities }), startRedis()]);
  admin = createClient({ url: redis.url });
  await admin.connect();
  return async () => {
    admin.destroy();
    await Promise.all([redis.stop(), closeDatabase(orm)]);
  };
});

const warnings: string[] = [];
const warn = vi.spyOn(console, 'warn').mockImplementation((line: string) => void warnings.push(line));
afterAll(() => warn.mockRestore());

/** Ways in which a Redis that answers refuses writes, what it says, and how soon a revocation holds elsewhere. */
const faults = {
  OOM: {
    withinMs: 200,
    begin: () => admin.configSet({ maxmemory: '1', 'maxmemory-policy': 'noeviction' }),
    end: () => admin.configSet('maxmemory', '0'),
  },
  READONLY: {
    withinMs: 5000,
    begin: () => admin.sendCommand(['REPLICAOF', '127.0.0.1', '1']),
    end: () => admin.sendCommand(['REPLICAOF', 'NO', 'ONE']),
  },
  // A real one needs a disk that fails. Fewer than one replica is refused at the same place, with the same effect.
  NOREPLICAS: {
    withinMs: 5000,
    begin: () => admin.configSet('min-replicas-to-write', '1'),
    end: () => admin.configSet('min-replicas-to-write', '0'),
  },
};

let processes: AppProcess[] = [];
afterEach(async () => {
  for (const { end } of Object.values(faults)) await end();
  await Promise.all(processes.splice(0).map(({ durin }) => durin.close()));
});

async function start(hasBus: boolean) {
  const kind = 'a redisStore';
  const both = [1, 2].map(() => startProcess(orm, { url: redis.url, kind, hasBus, timeout: 5000 })) as [
    AppProcess,
    AppProcess,
  ];
  processes = both;
  const [one, other] = both;
  const [caller] = (await addCallers(orm, one, 1)) as [Caller];
  for (const process of both)
    await vi.waitFor(async () => expect(await usesCache(orm, process, caller)).toBe(true), { timeout: 8000 });
  for (const process of [...both, ...both]) expect(await process.me(caller.token)).toBe(caller.username);
  const events: string[] = [];
  one.durin.events.on('cacheUnavailable', ({ reason }) => void events.push(reason));
  one.durin.events.on('cacheRecovered', () => void events.push('recovered'));
  return { one, other, caller, events };
}

const cases = Object.keys(faults).flatMap((fault) => [false, true].map((hasBus) => ({ fault, hasBus })));

describe.each(cases)('while Redis answers $fault (bus: $hasBus)', ({ fault, hasBus }) => {
  test('a revoked session is refused, and one event tells of the outage', async () => {
    const { one, other, caller, events } = await start(hasBus);
    const { begin, end, withinMs } = faults[fault as keyof typeof faults];
    warnings.length = 0;
    await begin();
    await one.durin.tokens.revokeAll({ user: caller.id });
    expect(await one.me(caller.token)).toBe('INVALID_TOKEN');
    const isRefused = async () => expect(await other.me(caller.token)).toBe('INVALID_TOKEN');
    await vi.waitFor(isRefused, { timeout: withinMs, interval: 20 });
    expect(events).toEqual([expect.stringContaining(fault)]);
    expect(warnings[0]).toMatch(/^trpc-durin: the cache's store is not used until it works again: /);
    await end();
    await vi.waitFor(() => expect(events).toEqual([expect.any(String), 'recovered']), { timeout: 10_000 });
    expect([await one.me(caller.token), await other.me(caller.token)]).toEqual(['INVALID_TOKEN', 'INVALID_TOKEN']);
  });
});
