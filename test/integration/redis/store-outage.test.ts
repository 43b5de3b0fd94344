import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCache } from '../../../src/cache/create-cache.ts';
import type { SessionCache } from '../../../src/cache/session-cache.ts';
import { cacheParts, FakeDatabase } from '../../support/cache/cache-parts.ts';
import { prefixedStores } from '../../support/cache/redis-stores.ts';
import { type NetworkPath, openNetworkPath } from '../../support/servers/network-path.ts';
import { type RedisServer, startRedis } from '../../support/servers/redis-server.ts';
import { noteUncaught } from '../../support/uncaught.ts';

const uncaught = noteUncaught();
let redis: RedisServer;
let path: NetworkPath;
let database: FakeDatabase;
let cache: SessionCache;
beforeEach(async () => {
  redis = await startRedis();
  path = await openNetworkPath(redis.url);
  database = new FakeDatabase();
  database.add('a');
});
afterEach(async () => {
  await cache.close();
  await path.close();
  await redis.stop();
});

const kinds = Object.entries(prefixedStores);
type OpenStore = (typeof kinds)[number][1];

function open(openStore: OpenStore): void {
  const settings = { ttlMs: 60_000, maxSessions: 10, deadlineMs: 100, bus: null };
  cache = createCache({ ...settings, store: openStore(path.url, 'app:') }, { ...cacheParts, now: Date.now });
}

/** Whether a look-up is answered without the database. */
async function isCached(): Promise<boolean> {
  const { asked } = database;
  await cache.find('a', database.load);
  return database.asked === asked;
}
const expectCached = (timeout: number) =>
  vi.waitFor(async () => expect(await isCached()).toBe(true), { timeout, interval: 20 });

// Each write restarts a socket's timeout. The cache went on writing, so it stayed without its store until TCP gave up.
test.each(kinds)('over %s, a lost connection is replaced within seconds', async (kind, openStore) => {
  open(openStore);
  await expectCached(5000);
  path.loseConnections();
  const startedAt = performance.now();
  expect(await isCached()).toBe(false);
  await expectCached(8000);
  console.log(`${kind}: cached again ${(performance.now() - startedAt).toFixed(0)} ms after the loss`);
});

test.each(kinds)('over %s, a connection that is idle is kept', async (_kind, openStore) => {
  open(openStore);
  await expectCached(5000);
  await wait(2500); // longer than the socket timeout
  expect(await isCached()).toBe(true);
});

test('no error was left uncaught', () => {
  expect(uncaught).toEqual([]);
});
