import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Server, startServer } from '../e2e/programs/cluster.ts';
import { prepareDatabase } from '../e2e/programs/cluster-database.ts';
import { type PostgresServer, startPostgres } from '../support/servers/postgres-server.ts';
import { type RedisServer, startRedis } from '../support/servers/redis-server.ts';
import { testLength } from '../support/test-length.ts';

const seconds = testLength === 'full' ? 60 : 3;
/** Redis is away for the first half of it. */
const killSeconds = Math.max(seconds, 6);
const userCount = 100;

let postgres: PostgresServer;
let redis: RedisServer;
let userIds: Map<string, number>;
let servers: Server[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  redis = await startRedis();
  userIds = await prepareDatabase(postgres.url, userCount);
});
afterEach(async () => {
  await stopAll();
  await redis.stop();
});

/** What the processes ended with, and complained of. */
async function stopAll() {
  const ends = await Promise.all(servers.splice(0).map((server) => server.stop()));
  return ends.map(({ code, complaints }) => ({ code, complaints }));
}
const wellEnded = Array.from({ length: 4 }, () => ({ code: 0, complaints: [] }));

async function start(hasBus: boolean): Promise<void> {
  const one = () =>
    startServer({ postgresUrl: postgres.url, redisUrl: redis.url, sharing: hasBus ? 'redisBus' : 'redisStore' });
  servers = await Promise.all([one(), one(), one(), one()]);
}

const any = <T>(values: readonly T[]): T => values[Math.floor(Math.random() * values.length)] as T;

/** A session was accepted by a call that began after its end had returned. */
interface LateAcceptance {
  readonly how: string;
  readonly beganAt: number;
  readonly lateMs: number;
}

class Ledger {
  logins = 0;
  calls = 0;
  readonly ends: Record<string, number> = {};
  readonly late: LateAcceptance[] = [];
  readonly refusedWrongly: { readonly at: number; readonly when: string }[] = [];

  readonly length: number;

  constructor(length: number) {
    this.length = length;
  }

  describe(): string {
    const ends = Object.entries(this.ends).map(([how, count]) => `${count} ${how}`);
    const longest = Math.max(0, ...this.late.map(({ lateMs }) => lateMs));
    return [
      `${this.length} s: ${this.logins} logins, ${this.calls} calls, ended: ${ends.join(', ')}`,
      `accepted after the end had returned: ${this.late.length}, the last ${longest.toFixed(1)} ms after it`,
      `valid and refused: ${this.refusedWrongly.length}`,
    ].join('; ');
  }
}

type Session = Readonly<{ token: string; other: string; userId: number }>;

/** The ways in which a session ends, each in any of the processes: by its user, by another session, by an admin. */
const ways: Record<string, (session: Session) => Promise<unknown>> = {
  logout: ({ token }) => any(servers).client.auth.logout.mutate(undefined, { context: { token } }),
  logoutAll: ({ other }) => any(servers).client.auth.logoutAll.mutate(undefined, { context: { token: other } }),
  revokeOthers: ({ other }) =>
    any(servers).client.auth.sessions.revokeOthers.mutate(undefined, { context: { token: other } }),
  async revoke({ other }) {
    const { client } = any(servers);
    const sessions = await client.auth.sessions.list.query(undefined, { context: { token: other } });
    const id = sessions.find(({ isCurrent }) => !isCurrent)?.id ?? 'none';
    await client.auth.sessions.revoke.mutate({ id }, { context: { token: other } });
  },
  'by an admin': ({ userId }) => any(servers).client.endAllOf.mutate(userId),
};

/** One user: logs in, calls here and there, is logged out, and sees whether that holds everywhere; until it is late. */
async function live(username: string, userId: number, ledger: Ledger, until: number): Promise<void> {
  const login = async (client: 'web' | 'cli') =>
    (await any(servers).client.auth.login.mutate({ username, password: '', client })).token;

  async function expectAccepted(token: string, when: string): Promise<void> {
    ledger.calls += 1;
    if (!(await any(servers).accepts(token))) ledger.refusedWrongly.push({ at: performance.now(), when });
  }

  async function expectRefused(token: string, how: string, endedAt: number): Promise<void> {
    let wasAccepted = false;
    async function probe(server: Server): Promise<void> {
      const beganAt = performance.now();
      ledger.calls += 1;
      if (!(await server.accepts(token))) return;
      wasAccepted = true;
      ledger.late.push({ how, beganAt, lateMs: beganAt - endedAt });
    }
    for (let round = 0; round < 4 || (wasAccepted && round < 500); round += 1) {
      wasAccepted = false;
      await Promise.all(servers.map(probe));
      await wait(Math.min(round * 10, 30)); // and again a little later: an entry that comes back would stay
    }
  }

  while (performance.now() < until) {
    const [token, other] = [await login('web'), await login('cli')];
    ledger.logins += 2;
    await Promise.all(servers.map(async () => expectAccepted(token, 'after the login')));
    for (let call = 0; call < 3; call += 1) await expectAccepted(any([token, other]), 'between');
    const how = any(Object.keys(ways));
    // Look-ups that are under way meanwhile, which may be answered either way, must not put the session back.
    const meanwhile = Promise.all(servers.map((server) => server.accepts(token)));
    await ways[how]?.({ token, other, userId });
    const endedAt = performance.now();
    ledger.ends[how] = (ledger.ends[how] ?? 0) + 1;
    await Promise.all([meanwhile, expectRefused(token, how, endedAt)]);
    if (how === 'logout' || how.startsWith('revoke')) await expectAccepted(other, 'though the other session ended');
  }
}

async function liveAll(length = seconds): Promise<Ledger> {
  const ledger = new Ledger(length);
  const until = performance.now() + length * 1000;
  await Promise.all([...userIds].map(([username, id]) => live(username, id, ledger, until)));
  return ledger;
}

test('with a shared store, processes accept valid sessions and no others', async () => {
  await start(false);
  const ledger = await liveAll();
  console.log(`shared store: ${ledger.describe()}`);
  expect(ledger.refusedWrongly).toEqual([]);
  expect(ledger.late).toEqual([]);
  expect(await stopAll()).toEqual(wellEnded);
  expect(ledger.logins).toBeGreaterThan(userCount);
});

test('with a bus, no session is accepted 50 ms after its end returned', async () => {
  await start(true);
  const ledger = await liveAll();
  console.log(`store and bus: ${ledger.describe()}`);
  expect(ledger.refusedWrongly).toEqual([]);
  expect(ledger.late.filter(({ lateMs }) => lateMs >= 50)).toEqual([]);
  expect(await stopAll()).toEqual(wellEnded);
  expect(ledger.logins).toBeGreaterThan(userCount);
});

/**
 * How long all processes take to use Redis again. Each notices by itself that it is back: it connects after up to 250 ms,
 * and writes a new fence of all after up to 250 ms more. So for that long one may use Redis already while another can not
 * tell it of an end there; it does so with its fence. The rest is for machines that are shared.
 */
const recoveryMs = 250 + 250 + 500;

test.each([
  ['a shared store', false, 0],
  ['a bus as well', true, 50],
] as const)('with %s, ended sessions stay ended while Redis is killed', async (name, hasBus, boundMs) => {
  await start(hasBus);
  const living = liveAll(killSeconds);
  await wait(killSeconds * 100);
  const killedAt = performance.now();
  await redis.kill();
  await wait(2000);
  await redis.restart();
  const recoveredAt = performance.now() + recoveryMs;
  const ledger = await living;
  expect(performance.now()).toBeGreaterThan(recoveredAt + 1000); // so that much was seen after it as well
  const isDuring = ({ beganAt }: LateAcceptance) => beganAt > killedAt && beganAt < recoveredAt;
  const during = ledger.late.filter(isDuring);
  console.log(`${name}, Redis away for 2 s: ${ledger.describe()}`);
  for (const { how, beganAt, lateMs } of during)
    console.log(
      `  ${how}: accepted ${lateMs.toFixed(1)} ms late, ${(beganAt - recoveredAt + recoveryMs).toFixed(0)} ms after the restart`,
    );
  expect(ledger.refusedWrongly).toEqual([]);
  expect(ledger.late.filter((one) => !isDuring(one) && one.lateMs >= boundMs)).toEqual([]);
  expect(await stopAll()).toEqual(wellEnded);
});
