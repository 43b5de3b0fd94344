import { Pool } from 'pg';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createCounters } from '../../../../src/throttle/create-counters.ts';
import { blocksOf } from '../../../docs/pages.ts';
import { type PostgresServer, startPostgres } from '../../../support/servers/postgres-server.ts';

const quota = { limit: 10, windowSeconds: 3600 };

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

/** A pool that is closed after the test. */
function openPool(): Pool {
  const pool = new Pool({ connectionString: server.url });
  pool.on('error', () => {});
  onTestFinished(() => pool.end());
  return pool;
}

/** Counters over a limiter in PostgreSQL, and what is reported about it. */
function openCounters(tableName: string, tableCreated: boolean) {
  const pool = openPool();
  const reports: string[] = [];
  const counters = createCounters({
    redis: null,
    limiter: (options) =>
      new RateLimiterPostgres({ ...options, storeClient: pool, tableName, tableCreated }, () => undefined),
    prefix: 'test',
    now: Date.now,
    onOutage: {
      unavailable: (reason) => void reports.push(reason),
      recovered: () => void reports.push('recovered'),
    },
  });
  onTestFinished(counters.close);
  const consume = () => counters.sessions.consume('key', quota);
  /** Waits until a call is counted in the table. */
  async function untilCounted(): Promise<void> {
    await vi.waitFor(async () => {
      await consume();
      const { rows } = await pool.query<{ points: number }>(`select points from ${tableName}`);
      expect(rows).toHaveLength(1);
    }, 5000);
  }
  return { consume, untilCounted, reports };
}

test('calls before the limiter has its table are no outage', async () => {
  const { consume, untilCounted, reports } = openCounters('created_in_time', false);
  expect(await consume()).toMatchObject({ remaining: 9 });
  await untilCounted();
  expect(reports).not.toContain('Table is not created yet');
});

test('a table that takes long is one outage, and its end is noticed', async () => {
  const other = await openPool().connect();
  await other.query('begin');
  await other.query('create table created_late (id integer)'); // until the end, nobody else creates one of this name
  const { consume, untilCounted, reports } = openCounters('created_late', false);
  await consume();
  await vi.waitFor(() => expect(reports).toEqual(['Table is not created yet']), 5000);
  await other.query('rollback');
  other.release();
  await untilCounted();
  await vi.waitFor(() => expect(reports.slice(0, 2)).toEqual(['Table is not created yet', 'recovered']), 5000);
});

test('with a table of a migration, an outage at the start ends by itself', async () => {
  const migration = blocksOf('docs/operations.md').find(({ code }) => code.startsWith('create table rate_limit '));
  await openPool().query(migration?.code ?? '');
  await server.pause();
  const { consume, untilCounted, reports } = openCounters('rate_limit', true);
  await consume();
  await vi.waitFor(() => expect(reports).toEqual([expect.stringMatching(/ECONNREFUSED|did not answer within/)]), 5000);
  await server.resume();
  await untilCounted();
  await vi.waitFor(() => expect(reports.slice(0, 2)).toEqual([expect.any(String), 'recovered']), 5000);
});
