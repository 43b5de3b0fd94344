import { Keyv } from 'keyv';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, vi } from 'vitest';
import { createCache } from '../../../../src/cache/create-cache.ts';
import { createListen } from '../../../../src/database/notify/listen.ts';
import { postgresBus } from '../../../../src/postgres/index.ts';
import { testSessionCache, ttlMs } from '../../../contracts/session-cache.ts';
import { cacheParts } from '../../../support/cache/cache-parts.ts';
import { postgresUrl } from '../../../support/database.ts';

let pool: Pool;
beforeAll(() => {
  pool = new Pool({ connectionString: postgresUrl ?? '' });
});
afterAll(() => pool.end());

describe.each([
  ['no store', false],
  ['a store', true],
])('the cache over a postgresBus and %s', (_what, hasStore) => {
  testSessionCache(async (now) => {
    const bus = postgresBus();
    const store = hasStore ? new Keyv() : null;
    const listen = createListen(async () => pool);
    const settings = { ttlMs, maxSessions: 100, deadlineMs: 5000, store, bus };
    const cache = createCache(settings, { ...cacheParts, namespace: crypto.randomUUID(), listen, now });
    await cache.find('nobody', async () => null); // which starts the bus
    await vi.waitFor(() => {
      if (!bus.isConnected()) throw new Error('not connected');
    }, 5000);
    return cache;
  });
});
