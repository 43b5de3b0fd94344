import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Server, startServer, wellEnded } from '../e2e/programs/cluster.ts';
import { type ClusterDatabase, openClusterDatabase } from '../e2e/programs/cluster-database.ts';
import { type PostgresServer, startPostgres } from '../support/servers/postgres-server.ts';
import { type RedisServer, startRedis } from '../support/servers/redis-server.ts';
import { testLength } from '../support/test-length.ts';

const rounds = testLength === 'full' ? 20 : 2;
const sharings = ['postgresBus', 'redisBus'] as const;

let postgres: PostgresServer;
let redis: RedisServer;
let database: ClusterDatabase;
let stopped: Server;
let other: Server;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
});
afterAll(async () => {
  await postgres.stop();
  await redis.stop();
});

async function start(sharing: (typeof sharings)[number]): Promise<void> {
  database = await openClusterDatabase(postgres.url, { notify: sharing === 'postgresBus' });
  const one = () => startServer({ postgresUrl: postgres.url, redisUrl: redis.url, sharing });
  [stopped, other] = await Promise.all([one(), one()]);
}

/** The answer of a process that is stopped while another one ends the session, and that has the call when it goes on. */
async function answerAfter(stopMs: number): Promise<string | null> {
  const { token, userId } = await database.enter();
  await stopped.warm(token);
  stopped.pause();
  await wait(stopMs);
  await other.client.endAllOf.mutate(userId);
  const answer = stopped.ask(token);
  await wait(20); // by then the call has arrived, and waits to be read as well
  stopped.resume();
  return answer;
}

test.each(sharings)('over a %s, a process that was stopped does not trust its memory', async (sharing) => {
  await start(sharing);
  for (let round = 0; round < rounds; round += 1)
    for (const stopMs of [100, 400, 1500])
      expect([stopMs, await answerAfter(stopMs)]).toEqual([stopMs, 'INVALID_TOKEN']);
  expect([await stopped.stop(), await other.stop()]).toMatchObject([wellEnded, wellEnded]);
  await database.close();
});

test('a store that a stopped process did not hear is not taken for down', async () => {
  await start('redisBus');
  for (let round = 0; round < rounds; round += 1) {
    const { token } = await database.enter();
    const calls = Array.from({ length: 20 }, () => stopped.ask(token));
    stopped.pause();
    await wait(300);
    stopped.resume();
    expect(await Promise.all(calls)).toEqual(calls.map(() => null));
  }
  const ends = await Promise.all([stopped.stop(), other.stop()]);
  const lines = ends.flatMap(({ log }) => log);
  expect(lines.filter((line) => line.includes("the cache's store"))).toEqual([]); // on a busy machine, the bus may be
  await database.close();
});
