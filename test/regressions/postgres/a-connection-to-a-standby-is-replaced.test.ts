import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';

// After a failover, a pool may hold connections to a server that is a standby now. They stay open and refuse writes.

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

test('a connection that refuses writes is closed, and the next one works', async () => {
  const { durin } = app;
  await durin.tokens.issue({ user: 1, client: 'web' });
  const pool = (await app.orm.em.getDriver().getConnection().getNativeClient()) as Pool;
  const connections = await Promise.all(Array.from({ length: pool.totalCount }, () => pool.connect()));
  for (const connection of connections) {
    await connection.query('set default_transaction_read_only = on');
    connection.release();
  }
  for (const _ of connections)
    expect(await durin.tokens.issue({ user: 2, client: 'web' }).catch(codeOf)).toBe('STORE_UNAVAILABLE');
  expect(await durin.tokens.issue({ user: 2, client: 'web' })).toMatchObject({ auth: { user: { username: 'bob' } } });
});
