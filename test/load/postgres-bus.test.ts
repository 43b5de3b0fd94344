import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Server, startServer } from '../e2e/programs/cluster.ts';
import { type ClusterDatabase, type ClusterSession, openClusterDatabase } from '../e2e/programs/cluster-database.ts';
import { type PostgresServer, startPostgres } from '../support/servers/postgres-server.ts';
import { testLength } from '../support/test-length.ts';

const seconds = testLength === 'full' ? 60 : 3;
const userCount = 12;

let postgres: PostgresServer;
let database: ClusterDatabase;
let servers: Server[];
beforeAll(async () => {
  postgres = await startPostgres();
  database = await openClusterDatabase(postgres.url, { notify: true });
  servers = await Promise.all(
    Array.from({ length: 4 }, () => startServer({ postgresUrl: postgres.url, sharing: 'postgresBus' })),
  );
});
beforeEach(async () => {
  const { token } = await database.enter();
  await Promise.all(servers.map((server) => server.warm(token)));
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.close();
  await postgres.stop();
});

const any = <T>(values: readonly T[]): T => values[Math.floor(Math.random() * values.length)] as T;

/** The ways in which a session ends: in any of the processes, in one that only writes, and past durin. */
const ways: Record<string, (session: ClusterSession) => Promise<unknown>> = {
  logout: ({ token }) => any(servers).client.auth.logout.mutate(undefined, { context: { token } }),
  logoutAll: ({ token }) => any(servers).client.auth.logoutAll.mutate(undefined, { context: { token } }),
  revokeAll: ({ userId }) => database.durin.tokens.revokeAll({ user: userId }),
  'a delete': ({ tokenId }) => database.psql('delete from durin_auth_token where id = $1', [tokenId]),
  'a cascade': ({ userId }) => database.psql('delete from app_user where id = $1', [userId]),
  nativeUpdate: ({ userId }) => database.orm.em.fork().nativeUpdate(database.User, userId, { isActive: false }),
};

class Ledger {
  calls = 0;
  readonly ends: Record<string, number> = {};
  /** For each process and end, when it last accepted the session, in milliseconds after the commit; 0: never again. */
  readonly lateness: number[] = [];
  readonly cameBack: string[] = [];
  readonly refusedWrongly: string[] = [];

  percentile(share: number): number {
    return this.lateness.toSorted((a, b) => a - b)[Math.floor(this.lateness.length * share)] ?? 0;
  }

  describe(): string {
    const ends = Object.entries(this.ends).map(([how, count]) => `${count} ${how}`);
    const at = [0.5, 0.99, 0.9999].map((share) => `${this.percentile(share).toFixed(1)} ms`);
    return `${seconds} s: ${this.calls} calls, ended: ${ends.join(', ')}; accepted until (p50, p99, most) ${at.join(', ')}`;
  }
}

/** Calls a process until it has refused the session for a while. Each call begins after the end was committed. */
async function watchEnd(server: Server, { token }: ClusterSession, how: string, ledger: Ledger): Promise<void> {
  const endedAt = performance.now();
  let lateness = 0;
  let refusals = 0;
  while (refusals < 5 && performance.now() - endedAt < 5000) {
    const beganAt = performance.now();
    ledger.calls += 1;
    if ((await server.ask(token)) !== null) refusals += 1;
    else if (refusals > 0) ledger.cameBack.push(how);
    else lateness = beganAt - endedAt;
  }
  ledger.lateness.push(lateness);
}

/** One user: signs in, calls everywhere, and has the session ended, until it is late. */
async function live(ledger: Ledger, until: number): Promise<void> {
  while (performance.now() < until) {
    const session = await database.enter();
    const answers = await Promise.all([...servers, ...servers].map((server) => server.ask(session.token)));
    ledger.calls += answers.length;
    ledger.refusedWrongly.push(...answers.filter((answer) => answer !== null));
    const how = any(Object.keys(ways));
    await ways[how]?.(session);
    ledger.ends[how] = (ledger.ends[how] ?? 0) + 1;
    await Promise.all(servers.map((server) => watchEnd(server, session, how, ledger)));
  }
}

test('no process accepts a session 100 ms after its end was committed', async () => {
  const ledger = new Ledger();
  const until = performance.now() + seconds * 1000;
  await Promise.all(Array.from({ length: userCount }, () => live(ledger, until)));
  console.log(`postgresBus: ${ledger.describe()}`);
  expect(ledger.refusedWrongly).toEqual([]);
  expect(ledger.cameBack).toEqual([]);
  expect(ledger.percentile(0.99)).toBeLessThan(100);
  expect(ledger.lateness.length).toBeGreaterThan(100);
});
