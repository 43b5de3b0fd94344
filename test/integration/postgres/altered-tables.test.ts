import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import { openApp } from '../../support/app.ts';

// After the change, PostgreSQL rejects each prepared statement: "cached plan must not change result type". Without a retry,
// one look-up per connection of the pool would fail with STORE_UNAVAILABLE.
test('look-ups survive a change of a joined column on every connection', async () => {
  const { orm, durin, close } = await openApp();
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const pool = (await orm.em.getDriver().getConnection().getNativeClient()) as Pool;
  const connections = await Promise.all(Array.from({ length: 4 }, () => pool.connect()));
  for (const connection of connections) {
    connection.release(); // the only idle connection, so the look-up uses it
    await durin.authenticate(token);
    expect(await pool.connect()).toBe(connection);
  }
  for (const connection of connections) connection.release();

  await orm.em.getConnection().execute('alter table app_user alter column username type varchar(400)');
  for (let call = 0; call < 8; call += 1) {
    const { user } = await durin.authenticate(token);
    expect(user.username).toBe('alice');
  }
  await close();
});
