import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Server, startServer, wellEnded } from '../../e2e/programs/cluster.ts';
import { openClusterDatabase } from '../../e2e/programs/cluster-database.ts';
import { poolerKinds, startPgbouncer } from '../../support/servers/pgbouncer.ts';
import { type PostgresServer, startPostgres } from '../../support/servers/postgres-server.ts';
import { testLength } from '../../support/test-length.ts';
import { liveBehindProxy, ProxiedLedger } from './proxied-load.ts';

const users = 8;
const loadMs = testLength === 'full' ? 30_000 : 3000;
/** A message takes this long at most. */
const messageMs = 100;

let postgres: PostgresServer;
let servers: Server[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
});
const stopAll = () => Promise.all(servers.splice(0).map((server) => server.stop()));
afterEach(stopAll);
afterAll(() => postgres.stop());

const cases = poolerKinds().flatMap((kind) =>
  [true, false].map((preparedStatements) => ({ ...kind, kind, preparedStatements })),
);

test.each(cases)(
  'pooled, named: $preparedStatements, kept: $keepsNames, no call fails',
  async ({ kind, keepsNames, preparedStatements }) => {
    const pooler = await startPgbouncer(postgres.url, kind);
    onTestFinished(pooler.stop);
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

    console.log(`PgBouncer ${kind.settings.join()}, prepared statements ${preparedStatements}: ${ledger.describe()}`);
    expect(ledger.refusedWrongly).toEqual([]);
    expect(ledger.unavailable).toBe(0);
    expect(ledger.acceptedLate.filter((ms) => ms > messageMs)).toEqual([]);
    expect(ledger.logins).toBeGreaterThanOrEqual(users);
    const stopped = await stopAll();
    expect(stopped).toMatchObject([wellEnded, wellEnded, wellEnded, wellEnded]);
    const isMixedUp = ({ log }: (typeof stopped)[number]) =>
      log.some((line) => line.includes('mixes up prepared statements'));
    expect(stopped.some(isMixedUp)).toBe(preparedStatements && !keepsNames);
  },
);
