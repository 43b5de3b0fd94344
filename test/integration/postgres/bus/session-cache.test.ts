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

describe('the cache over a postgresBus', () => {
  testSessionCache(async (now) => {
    const bus = postgresBus();
    const listen = createListen(async () => pool);
    const settings = { ttlMs, maxSessions: 100, deadlineMs: 5000, store: null, bus };
    const cache = createCache(settings, { ...cacheParts, namespace: crypto.randomUUID(), listen, now });
    await cache.find('nobody', async () => null); // which starts the bus
    await vi.waitFor(() => {
      if (!bus.isConnected()) throw new Error('not connected');
    }, 5000);
    return cache;
  });
});
