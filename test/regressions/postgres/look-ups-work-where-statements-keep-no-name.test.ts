import type { Pool, PoolClient } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

/** The driver notices a plain `deallocate`, but not this one. */
const forget = "do $$ begin execute 'deallocate all'; end $$";

const openDurin = () => createDurin({ ...requiredOptions(app.orm), clients, now: app.clock });

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
  await durin.authenticate(token);
  await onEveryConnection((connection) => connection.query(forget));
  for (let call = 0; call < 8; call += 1) await durin.authenticate(token);
  await onEveryConnection(async (connection) => {
    const { rows } = await connection.query("select 1 from pg_prepared_statements where name like 'durin_%'");
    expect(rows).toEqual([]);
  });
});
