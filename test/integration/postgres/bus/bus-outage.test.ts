import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type BusMember } from '../../../support/bus/bus-probe.ts';
import { createPostgresBusProbe } from '../../../support/bus/postgres-bus-probe.ts';
import { openNetworkPath } from '../../../support/servers/network-path.ts';
import { freePort, type PostgresServer, startPostgres } from '../../../support/servers/postgres-server.ts';
import { noteUncaught } from '../../../support/uncaught.ts';

const uncaught = noteUncaught();
const probe = createPostgresBusProbe();
let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterEach(probe.closeAll);
afterAll(() => postgres.stop());

const unsent = /connect|terminat|closed|not queryable|did not answer/i;

interface Pair {
  readonly one: BusMember;
  readonly other: BusMember;
}

async function joinTwo(): Promise<Pair> {
  const [one, other] = [probe.join(postgres.url), probe.join(postgres.url)];
  await Promise.all([one.connected(), other.connected()]);
  return { one, other };
}

/** Whether a message still gets from one to the other. */
async function expectTalk({ one, other }: Pair): Promise<void> {
  await Promise.all([one.connected(), other.connected()]);
  await one.bus.publish('token:late');
  await other.received('token:late');
}

test('a frozen PostgreSQL is noticed within about a second', async () => {
  const { one, other } = await joinTwo();
  const lossesBefore = other.losses();
  await postgres.freeze();
  const startedAt = performance.now();
  await expect(one.bus.publish('token:1')).rejects.toThrow('within 250 ms');
  await one.disconnected(1500);
  await other.lost(lossesBefore + 1, 1500); // nobody asks `other` whether it is connected
  expect(performance.now() - startedAt).toBeLessThan(2500);
  postgres.thaw();
  await expectTalk({ one, other });
});

test('a connection that the network lost is replaced within seconds', async () => {
  const path = await openNetworkPath(postgres.url);
  const [one, other] = [probe.join(path.url), probe.join(postgres.url)];
  await Promise.all([one.connected(), other.connected()]);
  path.loseConnections();
  await one.disconnected(1500);
  const took = await one.connected(5000);
  console.log(`connected again ${took.toFixed(0)} ms after it was noticed`);
  expect(one.losses()).toBe(3); // connected, lost, and back
  await expectTalk({ one, other });
  await probe.closeAll();
  await path.close();
});

test('it notices at once that its connection was terminated', async () => {
  const { one, other } = await joinTwo();
  const lossesBefore = other.losses();
  const admin = new Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'trpc-durin bus'");
  await admin.end();
  await other.lost(lossesBefore + 1, 500);
  await expectTalk({ one, other });
  expect(other.losses()).toBe(lossesBefore + 2); // lost, and back
});

test('it notices at once that PostgreSQL was stopped, and reconnects', async () => {
  const { one, other } = await joinTwo();
  await postgres.pause();
  await Promise.all([one.disconnected(500), other.disconnected(500)]);
  await expect(one.bus.publish('token:1')).rejects.toThrow(unsent);
  await postgres.resume();
  const took = await one.connected(3000);
  console.log(`connected again ${took.toFixed(0)} ms after the restart`);
  await expectTalk({ one, other });
});

test('a PostgreSQL that is unreachable at the start is waited for', async () => {
  await postgres.pause();
  const { one, other } = { one: probe.join(postgres.url), other: probe.join(postgres.url) };
  await expect(one.bus.publish('token:1')).rejects.toThrow(unsent);
  expect(one.bus.isConnected()).toBe(false);
  await postgres.resume();
  await expectTalk({ one, other });
});

test('closed while PostgreSQL is away or frozen, it never connects', async () => {
  const absent = probe.join(`postgresql://postgres@127.0.0.1:${await freePort()}/postgres`);
  const { one } = await joinTwo();
  await postgres.freeze();
  const startedAt = performance.now();
  await Promise.all([absent.bus.close(), one.bus.close()]);
  expect(performance.now() - startedAt).toBeLessThan(500);
  postgres.thaw();
  const watcher = probe.join(postgres.url);
  await watcher.connected();
  expect(one.bus.isConnected() || absent.bus.isConnected()).toBe(false);
});

test('no error was left uncaught', () => {
  expect(uncaught).toEqual([]);
});
