import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type AppProcess, addCallers, type Caller, startProcess } from '../../support/cache/app-processes.ts';
import { type OwnPostgres, openOwnPostgres } from '../../support/databases/own-postgres.ts';
import { type RedisServer, startRedis } from '../../support/servers/redis-server.ts';
import { noteUncaught } from '../../support/uncaught.ts';

const uncaught = noteUncaught();
let postgres: OwnPostgres;
let redis: RedisServer;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([openOwnPostgres(), startRedis()]);
});
afterAll(() => Promise.all([postgres.stop(), redis.stop()]));

async function withoutPostgres(work: () => Promise<void>): Promise<void> {
  await postgres.pause();
  try {
    await work();
  } finally {
    await postgres.resume(); // also for the tests after one that fails
  }
}

describe.each([false, true])('while PostgreSQL is stopped, with a bus: %s', (hasBus) => {
  let processes: AppProcess[] = [];
  let cached: Caller;
  let uncached: Caller;
  beforeEach(async () => {
    // The store has time, also on a busy machine: only PostgreSQL is to fail.
    const settings = { url: redis.url, kind: 'a Keyv by default', hasBus, timeout: 2000 } as const;
    processes = [startProcess(postgres.orm, settings), startProcess(postgres.orm, settings)];
    const [one] = processes as [AppProcess];
    [cached, uncached] = (await addCallers(postgres.orm, one, 2)) as [Caller, Caller];
    // Each twice: a first load is not always stored, since its owner's marks are read after it.
    for (const { me } of [...processes, ...processes]) await me(cached.token);
  });
  afterEach(() => Promise.all(processes.map(({ durin }) => durin.close())));

  const answersOf = ({ token }: Caller) => Promise.all(processes.map((process) => process.me(token)));
  const all = (answer: string) => processes.map(() => answer);
  const expectRefused = async () => expect(await answersOf(cached)).toEqual(all('INVALID_TOKEN'));

  test('cached sessions are accepted, others are not called invalid', async () => {
    await withoutPostgres(async () => {
      expect(await answersOf(cached)).toEqual(all(cached.username));
      expect(await answersOf(uncached)).toEqual(all('STORE_UNAVAILABLE'));
    });
    expect(await answersOf(uncached)).toEqual(all(uncached.username));
  });

  test('a logout fails, and succeeds once the database is back', async () => {
    const [one] = processes as [AppProcess];
    const logout = () => one.callAs(cached.token).auth.logout();
    await withoutPostgres(async () => {
      await expect(logout()).rejects.toMatchObject({ durin: { code: 'STORE_UNAVAILABLE' } });
      expect(await answersOf(cached)).toEqual(all(cached.username));
    });
    await logout();
    await (hasBus ? vi.waitFor(expectRefused, { timeout: 1000, interval: 5 }) : expectRefused());
  });

  test('with Redis gone as well, nobody is accepted or called invalid', async () => {
    await withoutPostgres(async () => {
      await redis.kill();
      const expectNobody = async () => expect(await answersOf(cached)).toEqual(all('STORE_UNAVAILABLE'));
      await (hasBus ? vi.waitFor(expectNobody, { timeout: 10_000, interval: 5 }) : expectNobody()); // once the bus has read it
      expect(await answersOf(uncached)).toEqual(all('STORE_UNAVAILABLE'));
    });
    await redis.restart();
    expect(await answersOf(cached)).toEqual(all(cached.username));
    expect(await answersOf(uncached)).toEqual(all(uncached.username));
  });
});

test('no error was left uncaught', () => {
  expect(uncaught).toEqual([]);
});
