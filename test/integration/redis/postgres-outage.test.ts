import { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type AppProcess, addCallers, type Caller, startProcess } from '../../support/cache/app-processes.ts';
import { entities } from '../../support/entities.ts';
import { type PostgresServer, startPostgres } from '../../support/servers/postgres-server.ts';
import { type RedisServer, startRedis } from '../../support/servers/redis-server.ts';
import { noteUncaught } from '../../support/uncaught.ts';

const uncaught = noteUncaught();
let postgres: PostgresServer;
let redis: RedisServer;
let orm: MikroORM;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  orm = await MikroORM.init({ clientUrl: postgres.url, entities, logger: () => {} });
  await orm.schema.create();
});
afterAll(async () => {
  await orm.close(true);
  await Promise.all([postgres.stop(), redis.stop()]);
});

describe.each([false, true])('while PostgreSQL is stopped, with a bus: %s', (hasBus) => {
  let processes: AppProcess[] = [];
  let cached: Caller;
  let uncached: Caller;
  beforeEach(async () => {
    const settings = { url: redis.url, kind: 'a Keyv by default', hasBus } as const;
    processes = [startProcess(orm, settings), startProcess(orm, settings)];
    const [one] = processes as [AppProcess];
    [cached, uncached] = (await addCallers(orm, one, 2)) as [Caller, Caller];
    await one.me(cached.token);
    await one.me(cached.token);
  });
  afterEach(() => Promise.all(processes.map(({ durin }) => durin.close())));

  const answersOf = ({ token }: Caller) => Promise.all(processes.map((process) => process.me(token)));
  const all = (answer: string) => processes.map(() => answer);

  test('cached sessions are accepted, others are not called invalid', async () => {
    await postgres.pause();
    expect(await answersOf(cached)).toEqual(all(cached.username));
    expect(await answersOf(uncached)).toEqual(all('STORE_UNAVAILABLE'));
    await postgres.resume();
    expect(await answersOf(uncached)).toEqual(all(uncached.username));
  });

  test('a logout fails, and succeeds once the database is back', async () => {
    const [one] = processes as [AppProcess];
    const logout = () => one.callAs(cached.token).auth.logout();
    await postgres.pause();
    await expect(logout()).rejects.toMatchObject({ durin: { code: 'STORE_UNAVAILABLE' } });
    expect(await answersOf(cached)).toEqual(all(cached.username));
    await postgres.resume();
    await logout();
    const expectRefused = async () => expect(await answersOf(cached)).toEqual(all('INVALID_TOKEN'));
    await (hasBus ? vi.waitFor(expectRefused, { timeout: 1000, interval: 5 }) : expectRefused());
  });

  test('with Redis gone as well, nobody is accepted or called invalid', async () => {
    await Promise.all([postgres.pause(), redis.kill()]);
    expect(await answersOf(cached)).toEqual(all('STORE_UNAVAILABLE'));
    expect(await answersOf(uncached)).toEqual(all('STORE_UNAVAILABLE'));
    await Promise.all([postgres.resume(), redis.restart()]);
    expect(await answersOf(cached)).toEqual(all(cached.username));
    expect(await answersOf(uncached)).toEqual(all(uncached.username));
  });
});

test('no error was left uncaught', () => {
  expect(uncaught).toEqual([]);
});
