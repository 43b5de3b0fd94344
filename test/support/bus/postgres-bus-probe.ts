import { Pool } from 'pg';
import { createListen } from '../../../src/database/notify/listen.ts';
import { type PostgresBusOptions, postgresBus } from '../../../src/postgres/index.ts';
import { createBusProbe } from './bus-probe.ts';

/** Buses over a PostgreSQL, each with the pool of an app of its own. */
export function createPostgresBusProbe() {
  const { observe, closeAll } = createBusProbe();
  const pools: Pool[] = [];

  function join(url: string, options?: PostgresBusOptions, bus = postgresBus(options)) {
    const pool = new Pool({ connectionString: url });
    pool.on('error', () => {});
    pools.push(pool);
    return observe(
      bus,
      createListen(async () => pool),
    );
  }

  return {
    join,
    async closeAll() {
      await closeAll();
      await Promise.all(pools.splice(0).map((pool) => pool.end()));
    },
  };
}

/** How many connections of buses the server has. */
export async function listenersOf(url: string): Promise<number> {
  const pool = new Pool({ connectionString: url, max: 1 });
  const { rows } = await pool.query<{ count: number }>(
    "select count(*)::int from pg_stat_activity where application_name = 'trpc-durin bus'",
  );
  await pool.end();
  return rows[0]?.count ?? 0;
}
