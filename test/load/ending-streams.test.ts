import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Server, type ServerOptions, startServer, wellEnded } from '../e2e/programs/cluster.ts';
import { type ClusterDatabase, openClusterDatabase } from '../e2e/programs/cluster-database.ts';
import { type PostgresServer, startPostgres } from '../support/servers/postgres-server.ts';
import { type RedisServer, startRedis } from '../support/servers/redis-server.ts';
import { testLength } from '../support/test-length.ts';
import { openEventStream } from './streams/event-stream.ts';
import { boundMs, type Fault, runStreamLoad, type Way, waysBySql, waysThroughDurin } from './streams/stream-load.ts';

const isFull = testLength === 'full';
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

async function stop(): Promise<void> {
  const ended = await Promise.all(servers.map((server) => server.stop()));
  await database.close();
  expect(ended).toMatchObject(servers.map(() => wellEnded));
}

/** In the short form, beside other programs: the median, because the slowest wait for a processor. */
const share = isFull ? 0.99 : 0.5;

/** What holds in any case. */
const allIsWell = { wrongEnds: [], late: [], isMuch: true, isInTime: true };

/** Runs the load, with faults in the meantime. */
async function run(name: string, ways: readonly Way[], seconds: number, inject = async (): Promise<Fault[]> => []) {
  const lifetimeMs = isFull ? ([500, 3500] as const) : ([300, 1000] as const);
  const running = runStreamLoad({ servers, database, ways, seconds, userCount, lifetimeMs });
  const [ledger, faults] = await Promise.all([running, inject()]);
  console.log(ledger.describe(name, faults));
  return {
    wrongEnds: ledger.wrongEnds,
    late: ledger.late(),
    isMuch: ledger.outcomes.length > 3 * userCount,
    isInTime: ledger.percentile(share, faults) <= boundMs,
  };
}

/** Does something to a process again and again: for these many milliseconds, after a moment each. */
async function inTurn(
  lengths: readonly number[],
  fault: (server: Server, ms: number) => Promise<void>,
): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const ms of lengths) {
    await wait(700);
    const from = Date.now();
    for (const server of servers.slice(0, 1)) await fault(server, ms);
    faults.push({ from, until: Date.now() });
  }
  return faults;
}

const beStopped = () =>
  inTurn(isFull ? [500, 1000, 3000] : [500], async (server, ms) => {
    server.pause();
    await wait(ms);
    server.resume();
  });

const beBusy = () => inTurn(isFull ? [120, 500, 2500, 120, 120] : [120, 500], (server, ms) => server.block(ms));

const untilConnected = () =>
  vi.waitFor(
    async () => {
      const are = await Promise.all(servers.map(({ client }) => client.isConnected.query()));
      expect(are).toEqual([true, true, true, true]);
    },
    { timeout: 10_000, interval: 5 },
  );

/** Cuts the connections of the buses. The first attempt to reconnect succeeds, so what is yielded meanwhile is held back. */
async function beCut(cut: () => Promise<unknown>): Promise<Fault[]> {
  await wait(1000);
  const from = Date.now();
  await cut();
  await untilConnected();
  const until = Date.now();
  expect(until - from).toBeLessThan(isFull ? 500 : 1000);
  return [{ from, until }];
}

describe('with redisBus', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
    await start(false, { redisUrl: redis.url, sharing: 'redisBus' });
  });
  afterAll(async () => {
    await stop();
    await redis.stop();
  });

  async function cutListeners(): Promise<void> {
    const client = await createClient({ url: redis.url }).connect();
    await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub']);
    client.destroy();
  }

  test('streams end in four processes 100 ms after the commit', async () => {
    expect(await run('redisBus', waysThroughDurin(servers), isFull ? 60 : 2)).toEqual(allIsWell);
  });

  // Only durin announces to this bus, so the ends come from the processes that run.
  test('a stopped process delivers nothing that it yields too late', async () => {
    expect(await run('redisBus, stopped', waysThroughDurin(servers.slice(1)), isFull ? 20 : 2, beStopped)).toEqual(
      allIsWell,
    );
  });

  test('a busy process delivers nothing that it yields too late', async () => {
    expect(await run('redisBus, busy', waysThroughDurin(servers.slice(1)), isFull ? 20 : 2, beBusy)).toEqual(allIsWell);
  });

  test('streams end once connections that were cut are back', async () => {
    expect(await run('redisBus, cut', waysThroughDurin(servers), isFull ? 20 : 2, () => beCut(cutListeners))).toEqual(
      allIsWell,
    );
  });
});

const cutPostgresListeners = () =>
  database.psql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'trpc-durin bus'");

describe('with postgresBus', () => {
  beforeAll(() => start(true, { sharing: 'postgresBus' }));
  afterAll(stop);

  test('streams end in four processes 100 ms after the commit', async () => {
    expect(await run('postgresBus', [...waysThroughDurin(servers), ...waysBySql(database)], isFull ? 60 : 2)).toEqual(
      allIsWell,
    );
  });

  test('a stopped process delivers nothing that it yields too late', async () => {
    expect(await run('postgresBus, stopped', waysBySql(database), isFull ? 20 : 2, beStopped)).toEqual(allIsWell);
  });

  test('a busy process delivers nothing that it yields too late', async () => {
    expect(await run('postgresBus, busy', waysBySql(database), isFull ? 20 : 2, beBusy)).toEqual(allIsWell);
  });

  test('streams end once connections that were cut are back', async () => {
    expect(
      await run('postgresBus, cut', waysBySql(database), isFull ? 20 : 2, () => beCut(cutPostgresListeners)),
    ).toEqual(allIsWell);
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
