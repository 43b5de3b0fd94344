import type { Pool, PoolClient } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, openApp, requiredOptions } from '../../support/app.ts';
import { atOnce } from '../../support/arena.ts';

// PgBouncer 1.18 in transaction pooling: 174 of 240 look-ups failed.

let app: Awaited<ReturnType<typeof openApp>>;
let pool: Pool;
beforeAll(async () => {
  app = await openApp();
  pool = (await app.orm.em.getDriver().getConnection().getNativeClient()) as Pool;
});
afterAll(() => app.close());

/** Changes every connection of the pool, so that it is like one that a proxy hands out, which others have used. */
async function onEveryConnection(change: (connection: PoolClient) => Promise<unknown>): Promise<void> {
  const connections = await Promise.all(Array.from({ length: pool.totalCount }, () => pool.connect()));
  try {
    for (const connection of connections) await change(connection);
  } finally {
    for (const connection of connections) connection.release();
  }
}

/** Does something once on each connection of the pool. */
async function usingEachConnection(work: () => Promise<unknown>): Promise<void> {
  const connections = await Promise.all(Array.from({ length: pool.totalCount }, () => pool.connect()));
  for (const connection of connections) {
    connection.release(); // the only idle connection, so the work uses it
    await work();
    expect(await pool.connect()).toBe(connection);
  }
  for (const connection of connections) connection.release();
}

/** The driver notices a plain `deallocate`, but not this one. */
const forget = "do $$ begin execute 'deallocate all'; end $$";

const opened: { close(): Promise<void> }[] = [];
function openDurin(options: { preparedStatements?: boolean } = {}) {
  const durin = createDurin({ ...requiredOptions(app.orm), clients, now: app.clock, ...options });
  opened.push(durin);
  return durin;
}
afterEach(async () => {
  for (const durin of opened.splice(0)) await durin.close(); // which writes the last uses
});

/** The names on all connections. */
async function namesInUse(): Promise<string[]> {
  const names: string[] = [];
  await onEveryConnection(async (connection) => {
    const { rows } = await connection.query<{ name: string }>(
      "select name from pg_prepared_statements where name like 'durin_%'",
    );
    names.push(...rows.map(({ name }) => name));
  });
  return names;
}

test('a statement that the connection has lost is run without a name', async () => {
  const durin = openDurin();
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  await durin.authenticate(token);
  await onEveryConnection((connection) => connection.query(forget));
  for (let call = 0; call < 8; call += 1) expect((await durin.authenticate(token)).user.username).toBe('alice');
  await Promise.all(atOnce(20, () => durin.authenticate(token)));
});

test('a statement that the connection has already is run without a name', async () => {
  const durin = openDurin();
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  await durin.authenticate(token);
  const { rows } = await pool.query<{ name: string }>(
    "select name from pg_prepared_statements where name like 'durin_%'",
  );
  const [{ name } = { name: '' }] = rows;
  expect(name).not.toBe('');
  await onEveryConnection(async (connection) => {
    await connection.query(forget);
    await connection.query(`prepare ${name} as select 1`);
    (connection as unknown as { connection: { parsedStatements: object } }).connection.parsedStatements = {};
  });
  for (let call = 0; call < 8; call += 1) expect((await openDurin().authenticate(token)).user.username).toBe('alice');
});

test('from then on, no statement has a name', async () => {
  const durin = openDurin();
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  await usingEachConnection(() => durin.authenticate(token));
  await onEveryConnection((connection) => connection.query(forget));
  for (let call = 0; call < 8; call += 1) await durin.authenticate(token);
  expect(await namesInUse()).toEqual([]);
});

test('with preparedStatements: false, no statement ever has a name', async () => {
  const durin = openDurin({ preparedStatements: false });
  await onEveryConnection((connection) => connection.query(forget));
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  await durin.authenticate(token);
  await Promise.all(atOnce(5, () => durin.authenticate(token)));
  await durin.close(); // writes the last use
  expect(await namesInUse()).toEqual([]);
});
