import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Server, type ServerOptions, startServer } from '../e2e/programs/cluster.ts';
import { type ClusterDatabase, openClusterDatabase } from '../e2e/programs/cluster-database.ts';
import { type PostgresServer, startPostgres } from '../support/servers/postgres-server.ts';
import { type RedisServer, startRedis } from '../support/servers/redis-server.ts';
import { testLength } from '../support/test-length.ts';
import { openEventStream } from './streams/event-stream.ts';
import { boundMs, runStreamLoad, type Way, waysBySql, waysThroughDurin } from './streams/stream-load.ts';

const isFull = testLength === 'full';
const seconds = isFull ? 60 : 6;
/** Each has a stream in each of four processes. */
const userCount = isFull ? 75 : 25;

let postgres: PostgresServer;
let database: ClusterDatabase;
let servers: Server[];
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

async function start(notify: boolean, options: Omit<ServerOptions, 'postgresUrl'>): Promise<void> {
  database = await openClusterDatabase(postgres.url, { notify });
  servers = await Promise.all(Array.from({ length: 4 }, () => startServer({ postgresUrl: postgres.url, ...options })));
  const { token } = await database.enter();
  await Promise.all(servers.map((server) => server.warm(token)));
}

afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.close();
});

/** In the short form, beside other programs: the median, since the slowest wait for a processor. */
const share = isFull ? 0.99 : 0.5;

const run = (ways: readonly Way[], duration = seconds) =>
  runStreamLoad({ servers, database, ways, seconds: duration, userCount });

const allWays = () => [...waysThroughDurin(servers), ...waysBySql(database)];

const untilConnected = () =>
  vi.waitFor(
    async () => {
      const are = await Promise.all(servers.map(({ client }) => client.isConnected.query()));
      expect(are).toEqual([true, true, true, true]);
    },
    { timeout: 10_000, interval: 5 },
  );

describe('with redisBus', () => {
  let redis: RedisServer;
  beforeEach(async () => {
    redis = await startRedis();
    await start(false, { redisUrl: redis.url, sharing: 'redisBus' });
  });
  afterEach(() => redis.stop());

  test('streams end in four processes 100 ms after the commit', async () => {
    const ledger = await run(waysThroughDurin(servers));
    console.log(ledger.describe('redisBus'));
    expect(ledger.wrongEnds).toEqual([]);
    expect(ledger.late()).toEqual([]);
    expect(ledger.percentile(share)).toBeLessThanOrEqual(boundMs);
  });
});

describe('with postgresBus', () => {
  beforeEach(() => start(true, { sharing: 'postgresBus' }));

  test('streams end in four processes 100 ms after the commit', async () => {
    const ledger = await run(allWays());
    console.log(ledger.describe('postgresBus'));
    expect(ledger.wrongEnds).toEqual([]);
    expect(ledger.late()).toEqual([]);
    expect(ledger.percentile(share)).toBeLessThanOrEqual(boundMs);
  });

  test('a delete in psql ends all streams of the user within 100 ms', async () => {
    const [, , bySql] = allWays();
    const ledger = await run(bySql === undefined ? [] : [bySql], isFull ? 20 : 3);
    console.log(ledger.describe('delete in psql'));
    expect([ledger.wrongEnds, ledger.late()]).toEqual([[], []]);
    expect(ledger.percentile(share)).toBeLessThanOrEqual(boundMs);
  });

  test.each([500, 1000, 3000])('a process stopped for %i ms delivers nothing that it yields too late', async (ms) => {
    const running = run(waysBySql(database), isFull ? 20 : 5); // through durin would wait for the stopped process
    await wait(1500);
    servers[0]?.pause();
    await wait(ms);
    servers[0]?.resume();
    const resumedAt = Date.now();
    const ledger = await running;
    console.log(ledger.describe(`stopped for ${ms} ms`, resumedAt));
    expect([ledger.wrongEnds, ledger.late()]).toEqual([[], []]); // also by the clock of those that ended meanwhile
    expect(ledger.percentile(share, resumedAt)).toBeLessThanOrEqual(boundMs);
  });

  test('streams end once connections that were cut are back', async () => {
    const running = run(allWays(), isFull ? 20 : 6);
    await wait(1500);
    await database.psql(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'trpc-durin bus'",
    );
    await untilConnected();
    const mendedAt = Date.now();
    const ledger = await running;
    console.log(ledger.describe('connections cut', mendedAt));
    expect([ledger.wrongEnds, ledger.late(mendedAt)]).toEqual([[], []]);
    expect(ledger.percentile(share, mendedAt)).toBeLessThanOrEqual(boundMs);
  });

  test('a restart of PostgreSQL ends the streams of ended sessions alone', async () => {
    const sessions = await Promise.all(Array.from({ length: userCount }, () => database.enter()));
    const streams = sessions.map(({ token }) => servers.map(({ url }) => openEventStream(url, token, 250)));
    await Promise.all(streams.flat().map(({ opened }) => opened));
    const ends: (string | null)[] = [];
    for (const { over } of streams.flat()) void over.then(({ code }) => ends.push(code));
    await postgres.pause();
    await wait(500);
    await postgres.resume();
    const [first, second] = sessions;
    const end = (session = first) => database.psql('delete from durin_auth_token where id = $1', [session?.tokenId]);
    await vi.waitFor(() => end(first), 5000);
    await untilConnected();
    await vi.waitFor(() => expect(ends).toEqual(Array(4).fill('INVALID_TOKEN')));
    await end(second);
    await vi.waitFor(() => expect(ends).toEqual(Array(8).fill('INVALID_TOKEN')), { timeout: isFull ? boundMs : 1000 });
    for (const stream of streams.flat()) stream.close();
  });
});
