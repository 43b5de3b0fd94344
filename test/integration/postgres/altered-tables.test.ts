import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import { openApp } from '../../support/app.ts';

// PostgreSQL refuses a statement that was prepared before: "cached plan must not change result type". That was one call
// for each connection of the pool, answered as an outage.
test('a look-up goes on after a column of what it joins got another type, on every connection of the pool', async () => {
  const { orm, durin, close } = await openApp();
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const pool = (await orm.em.getDriver().getConnection().getNativeClient()) as Pool;
  const connections = await Promise.all(Array.from({ length: 4 }, () => pool.connect()));
  for (const connection of connections) {
    connection.release(); // the only one that is free, so the one that is taken
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
