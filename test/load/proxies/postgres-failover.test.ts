import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Server, startServer } from '../../e2e/programs/cluster.ts';
import { openClusterDatabase } from '../../e2e/programs/cluster-database.ts';
import { type Proxy, startHaproxy } from '../../support/servers/haproxy.ts';
import { type ReplicatedPostgres, startReplicatedPostgres } from '../../support/servers/replicated-postgres.ts';
import { testLength } from '../../support/test-length.ts';
import { liveBehindProxy, ProxiedLedger } from './proxied-load.ts';

const users = 8;
/** How long there is load before the primary fails, and after the replica has taken over. */
const [beforeMs, afterMs] = testLength === 'full' ? [15_000, 20_000] : [2000, 4000];
/** For this long, a process whose connection has become silent may use its memory. */
const silenceMs = 1000;
/** So soon after the promotion each process answers again, as docs/operations.md says. On an idle machine it takes a few seconds. */
const answersWithinMs = 30_000;

let postgres: ReplicatedPostgres;
let proxy: Proxy;
let servers: Server[] = [];
const stopAll = () => Promise.all(servers.splice(0).map((server) => server.stop()));
beforeEach(async () => {
  postgres = await startReplicatedPostgres();
  proxy = await startHaproxy([postgres.primary.url, postgres.replica.url]);
});
afterEach(async () => {
  await stopAll();
  await proxy.stop();
  await postgres.stop();
});

const startOne = () => startServer({ postgresUrl: proxy.url, sharing: 'postgresBus' });

async function startAll(): Promise<string[]> {
  const database = await openClusterDatabase(postgres.primary.url, { notify: true });
  const entered = await Promise.all(Array.from({ length: users }, () => database.enter()));
  servers = await Promise.all([startOne(), startOne(), startOne(), startOne()]);
  for (const server of servers) await server.warm(entered[0]?.token ?? '');
  await database.close();
  return entered.map(({ username }) => username);
}

const failures: Record<string, () => Promise<void>> = {
  'is killed': () => postgres.primary.kill(),
  ...(testLength === 'full' && {
    async 'freezes, and is killed by whoever promotes the replica'() {
      await postgres.primary.freeze();
      await wait(3000);
      postgres.primary.thaw();
      await postgres.primary.kill();
    },
  }),
};

test.each(Object.entries(failures))('a primary that %s costs no session and revives none', async (_how, fail) => {
  const names = await startAll();
  const ledger = new ProxiedLedger(servers.length);
  const until = { at: Number.POSITIVE_INFINITY };
  const running = Promise.all(names.map((name) => liveBehindProxy(servers, name, ledger, until)));
  running.catch(() => {}); // it is awaited later
  await wait(beforeMs);
  const failedAt = performance.now();
  await fail();
  await postgres.promote();
  const promotedAt = performance.now();
  const answeredAfter = () => ledger.answeredAt.map((times) => times.find((at) => at > promotedAt));
  await expect.poll(answeredAfter, { timeout: answersWithinMs }).not.toContain(undefined);
  await wait(afterMs);
  until.at = 0;
  await running;

  const recovered = answeredAfter().map((at = Number.NaN) => at - failedAt);
  console.log(
    `failover: ${ledger.describe()}; promoted after ${Math.round(promotedAt - failedAt)} ms, ` +
      `the processes answered again after ${recovered.map((ms) => Math.round(ms)).join(', ')} ms`,
  );
  expect(ledger.refusedWrongly).toEqual([]);
  expect(ledger.acceptedLate.filter((ms) => ms > silenceMs)).toEqual([]);
  await expect
    .poll(() => Promise.all(servers.map(({ client }) => client.isConnected.query())))
    .toEqual(servers.map(() => true));
  expect((await stopAll()).map(({ code }) => code)).toEqual([0, 0, 0, 0]);
});
