import { createMemoryCache, type MemoryCache } from '../../../src/cache/memory-cache.ts';
import { userScope } from '../../../src/cache/session-cache.ts';
import type { SessionRecord } from '../../../src/session.ts';
import type { Series } from '../measure.ts';

// Sends its parent how long it takes to evict a user's sessions: from a full cache of many sessions, and from one of a thousand.
const [, , most = '', rounds = ''] = process.argv;
const sessionsEach = 10;
const client = { id: 1, name: 'web', tokenTtl: null, throttleRate: null };

/** Only the fields that a cache reads. */
function recordOf(userId: number): SessionRecord {
  return { userId, client } as unknown as SessionRecord;
}

async function keepSessionsOf(userId: number, cache: MemoryCache): Promise<void> {
  for (let session = 0; session < sessionsEach; session += 1)
    await cache.find(`session ${userId} ${session}`, async () => ({ record: recordOf(userId) }));
}

async function fill(sessions: number): Promise<MemoryCache> {
  const cache = createMemoryCache({ ttlMs: 3_600_000, maxSessions: sessions, now: Date.now });
  for (let userId = 0; userId < sessions / sessionsEach; userId += 1) await keepSessionsOf(userId, cache);
  return cache;
}

interface Filled extends Series {
  readonly users: number;
  readonly cache: MemoryCache;
  readonly microseconds: number[];
}

async function filled(sessions: number): Promise<Filled> {
  const name = `${sessions.toLocaleString('en')} sessions`;
  return { name, users: sessions / sessionsEach, cache: await fill(sessions), microseconds: [] };
}

const caches = [await filled(Number(most)), await filled(1000)];
for (let round = 0; round < Number(rounds); round += 1) {
  for (const { users, cache, microseconds } of round % 2 === 0 ? caches : caches.toReversed()) {
    const userId = Math.floor(Math.random() * users);
    const startedAt = performance.now();
    cache.evict(userScope(userId));
    microseconds.push((performance.now() - startedAt) * 1000);
    await keepSessionsOf(userId, cache);
  }
}
process.send?.(caches.map(({ name, microseconds }) => ({ name, microseconds })));
process.disconnect();
