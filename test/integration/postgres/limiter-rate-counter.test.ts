import { Pool } from 'pg';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createCounters } from '../../../src/throttle/create-counters.ts';
import type { RateCounters } from '../../../src/throttle/rate-counter.ts';
import { testRateCounter } from '../../contracts/rate-counter.ts';
import { createClock } from '../../support/clock.ts';
import { postgresUrl } from '../../support/database.ts';
import { freePort } from '../../support/servers/postgres-server.ts';

const table = 'limiter_rate_counter';
const pool = new Pool({ connectionString: postgresUrl ?? '' });
const opened: RateCounters[] = [];

beforeAll(() => openWhenReady());
afterAll(async () => {
  for (const { close } of opened) close();
  await pool.query(`drop table ${table}`);
  await pool.end();
});

/** Resolves once the library has created the table. */
async function openWhenReady(now = Date.now): Promise<RateCounters> {
  const isReady = Promise.withResolvers<void>();
  const counters = createCounters({
    redis: null,
    limiter: (options) =>
      new RateLimiterPostgres({ ...options, storeClient: pool, tableName: table }, (error) =>
        error ? isReady.reject(error) : isReady.resolve(),
      ),
    prefix: 'test',
    now,
  });
  opened.push(counters);
  await isReady.promise;
  return counters;
}

testRateCounter(async () => {
  const clock = createClock();
  const { sessions } = await openWhenReady(clock);
  return {
    counter: sessions,
    now: clock,
    async advance(seconds) {
      clock.advance(seconds);
      await pool.query(`update ${table} set expire = expire - $1`, [seconds * 1000]); // the library has the clock of the process
    },
    toleranceMs: 3000,
  };
});

test('processes share their counts', async () => {
  const [here, there] = [await openWhenReady(), await openWhenReady()];
  const quota = { limit: 2, windowSeconds: 60 };
  expect(await here.sessions.consume('shared', quota)).toMatchObject({ remaining: 1 });
  expect(await there.sessions.consume('shared', quota)).toMatchObject({ remaining: 0, isExceeded: false });
  expect(await here.sessions.consume('shared', quota)).toMatchObject({ isExceeded: true });
});

test('while the database is down, calls are counted in memory', async () => {
  const port = await freePort();
  const absent = new Pool({ connectionString: `postgres://127.0.0.1:${port}/none` });
  const onError = vi.fn<(error?: Error) => void>();
  const unavailable = vi.fn<(reason: unknown) => void>();
  const counters = createCounters({
    redis: null,
    limiter: (options) => new RateLimiterPostgres({ ...options, storeClient: absent, tableName: table }, onError),
    prefix: 'test',
    now: Date.now,
    onOutage: { unavailable, recovered() {} },
  });
  opened.push(counters);
  const quota = { limit: 2, windowSeconds: 60 };
  const counts = [];
  for (let call = 0; call < 3; call += 1) counts.push(await counters.sessions.consume('alone', quota));
  expect(counts.map(({ isExceeded }) => isExceeded)).toEqual([false, false, true]);
  await vi.waitFor(() => expect(unavailable).toHaveBeenCalledOnce(), 5000);
  await vi.waitFor(() => expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'ECONNREFUSED' })));
  await absent.end();
});
