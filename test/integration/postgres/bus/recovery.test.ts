import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Server, startServer } from '../../../e2e/programs/cluster.ts';
import { type ClusterDatabase, openClusterDatabase } from '../../../e2e/programs/cluster-database.ts';
import { type PostgresServer, startPostgres } from '../../../support/servers/postgres-server.ts';

let postgres: PostgresServer;
let database: ClusterDatabase;
let server: Server;
beforeAll(async () => {
  postgres = await startPostgres();
  database = await openClusterDatabase(postgres.url, { notify: true });
  server = await startServer({ postgresUrl: postgres.url, sharing: 'postgresBus' });
});
afterAll(async () => {
  await server.stop();
  await database.close();
  await postgres.stop();
});

const endToken = 'delete from durin_auth_token where id = $1';

/** A session that the server answers from its memory. */
async function enter() {
  const session = await database.enter();
  await server.warm(session.token);
  return session;
}

test.each([500, 1000, 3000])('a process stopped for %i ms accepts nothing that ended then', async (ms) => {
  const sessions = await Promise.all(Array.from({ length: 20 }, enter));
  server.pause();
  for (const { tokenId } of sessions) await database.psql(endToken, [tokenId]);
  const answers = Promise.all(sessions.map(({ token }) => server.ask(token))); // sent while it is stopped
  await wait(ms);
  server.resume();
  expect(new Set(await answers)).toEqual(new Set(['INVALID_TOKEN']));
});

test('a process that loses its connection accepts nothing that ends then', async () => {
  const { token, tokenId } = await enter();
  await database.psql(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'trpc-durin bus'",
  );
  await database.psql(endToken, [tokenId]);
  await vi.waitFor(async () => expect(await server.ask(token)).toBe('INVALID_TOKEN'), { timeout: 100, interval: 1 });
  await vi.waitFor(async () => expect(await server.client.isConnected.query()).toBe(true), 5000);
  expect(await server.ask(token)).toBe('INVALID_TOKEN');
});

test('after a restart of PostgreSQL, nothing that has ended is accepted', async () => {
  const [first, second] = [await enter(), await enter()];
  await database.psql(endToken, [first.tokenId]);
  await postgres.pause();
  await postgres.resume();
  await vi.waitFor(() => database.psql(endToken, [second.tokenId]), 5000);
  await vi.waitFor(async () => expect(await server.ask(second.token)).toBe('INVALID_TOKEN'), { interval: 1 });
  expect(await server.ask(first.token)).toBe('INVALID_TOKEN');
  await vi.waitFor(async () => expect(await server.client.isConnected.query()).toBe(true), 5000);
  expect([await server.ask(first.token), await server.ask(second.token)]).toEqual(['INVALID_TOKEN', 'INVALID_TOKEN']);
});

test('closed, the process ends by itself', async () => {
  const other = await startServer({ postgresUrl: postgres.url, sharing: 'postgresBus' });
  await other.warm((await database.enter()).token);
  expect(await other.stop()).toMatchObject({ code: 0, complaints: [] });
});
