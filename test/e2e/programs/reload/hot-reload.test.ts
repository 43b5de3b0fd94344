import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../support/servers/postgres-server.ts';
import { type RedisServer, startRedis } from '../../../support/servers/redis-server.ts';
import { openClusterDatabase } from '../cluster-database.ts';
import { startProgram } from '../program.ts';
import type { Habit } from './reloaded-auth.ts';
import type { Open } from './reloading-app.ts';

let postgres: PostgresServer;
let redis: RedisServer;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
});
afterAll(() => Promise.all([postgres.stop(), redis.stop()]));

const buses = ['redisBus', 'postgresBus'] as const;
/** The connections of one durin, and that by which the app counts those to Redis. */
const open = { redisBus: { redis: 3 + 1, listeners: 0 }, postgresBus: { redis: 0, listeners: 1 } };
type BusName = (typeof buses)[number];

/** What an app has open after three evaluations of a module and after twelve more, and how it was warned of them. */
async function reload(habit: Habit, bus: BusName): Promise<[few: Open, many: Open, warnings: string[]]> {
  const database = await openClusterDatabase(postgres.url, { notify: bus === 'postgresBus' }); // empties it
  await database.close();
  const program = startProgram([join(import.meta.dirname, 'reloading-app.ts')], {
    POSTGRES_URL: postgres.url,
    REDIS_URL: bus === 'redisBus' ? redis.url : '',
    HABIT: habit,
  });
  const { code, output } = await program.ended;
  if (code !== 0) throw new Error(output);
  const [few, many, warnings] = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line)) as [Open, Open, string[]];
  return [few, many, warnings.filter((text) => !text.includes('until'))]; // a busy machine is slow to connect
}

const habits: Habit[] = ['one on globalThis', 'the old one closed'];
const cases = habits.flatMap((habit) => buses.map((bus) => ({ habit, bus })));

test.each(cases)('with $habit, reloads open no more, over $bus', async ({ habit, bus }) => {
  const [few, many, warnings] = await reload(habit, bus);
  expect(many).toEqual(few);
  expect(few).toMatchObject({ peers: 1, ...open[bus] });
  expect(warnings).toEqual([]);
});

const piled = { redisBus: { redis: 3 * 15 + 1, peers: 15 }, postgresBus: { listeners: 15, peers: 15 } };

test.each(buses)('an app that keeps and closes none is warned once, over %s', async (bus) => {
  const [, many, warnings] = await reload('none', bus);
  expect(many).toMatchObject(piled[bus]);
  expect(warnings).toEqual([expect.stringContaining('keep one durin on globalThis, or close the old one')]);
});
