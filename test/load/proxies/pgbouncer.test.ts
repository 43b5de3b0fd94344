import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Server, startServer, wellEnded } from '../../e2e/programs/cluster.ts';
import { openClusterDatabase } from '../../e2e/programs/cluster-database.ts';
import type { Proxy } from '../../support/servers/haproxy.ts';
import { startPgbouncer } from '../../support/servers/pgbouncer.ts';
import { type PostgresServer, startPostgres } from '../../support/servers/postgres-server.ts';
import { testLength } from '../../support/test-length.ts';
import { liveBehindProxy, ProxiedLedger } from './proxied-load.ts';

const users = 8;
const loadMs = testLength === 'full' ? 30_000 : 3000;
/** A message takes this long at most. */
const messageMs = 100;

let postgres: PostgresServer;
let pooler: Proxy;
let servers: Server[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
  pooler = await startPgbouncer(postgres.url);
});
const stopAll = () => Promise.all(servers.splice(0).map((server) => server.stop()));
afterEach(stopAll);
afterAll(async () => {
  await pooler.stop();
  await postgres.stop();
});

test.each([true, false])(
  'in transaction pooling, with prepared statements %s, no call fails',
  async (preparedStatements) => {
    const database = await openClusterDatabase(postgres.url, { notify: true });
    const entered = await Promise.all(Array.from({ length: users }, () => database.enter()));
    const options = {
      postgresUrl: pooler.url,
      busUrl: postgres.url,
      sharing: 'postgresBus',
      preparedStatements,
    } as const;
    servers = await Promise.all(Array.from({ length: 4 }, () => startServer(options)));
    for (const server of servers) await server.warm(entered[0]?.token ?? '');
    const ledger = new ProxiedLedger(servers.length);
    const until = { at: Number.POSITIVE_INFINITY };
    const running = Promise.all(entered.map(({ username }) => liveBehindProxy(servers, username, ledger, until)));
    await wait(loadMs);
    until.at = 0;
    await running;
    await database.close();

    console.log(`PgBouncer, prepared statements ${preparedStatements}: ${ledger.describe()}`);
    expect(ledger.refusedWrongly).toEqual([]);
    expect(ledger.unavailable).toBe(0);
    expect(ledger.acceptedLate.filter((ms) => ms > messageMs)).toEqual([]);
    expect(ledger.logins).toBeGreaterThanOrEqual(users);
    expect(await stopAll()).toMatchObject([wellEnded, wellEnded, wellEnded, wellEnded]);
  },
);
