import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AdminApp, openAdminApp } from '../../support/admin-app.ts';
import { AuthToken } from '../../support/entities.ts';
import { statementsOf } from './upstream-app.ts';

let app: AdminApp;
beforeAll(async () => {
  app = await openAdminApp();
});
afterAll(() => app.close());

test('B3: the admin shows a token only in the response that issues it', async () => {
  const { admin } = await app.asAlice();
  const answers: unknown[] = [];
  const { token, session } = await admin.tokens.issue({ user: app.bob.id, client: 'cli' });
  answers.push(session, await admin.tokens.list(), await admin.tokens.get({ id: session.id }), await admin.whoami());
  answers.push(await admin.clients.list(), await admin.users.search({ search: 'o' }), await admin.usage.clients());
  answers.push(await admin.usage.overTime(), await admin.tokens.revoke({ id: session.id }), app.actions);
  const rows = await app.orm.em.fork().find(AuthToken, {});
  for (const secret of [token, token.slice(0, 32), ...rows.map(({ selector }) => selector)])
    expect(JSON.stringify(answers)).not.toContain(secret);
});

test('B43: a list of tokens loads only the rows of its page', async () => {
  await app.addUsers(Array.from({ length: 300 }, (_, index) => `one of many ${index}`));
  for (let index = 0; index < 120; index += 1) await app.durin.clients.create({ name: `client ${index}` });
  const { admin } = await app.asAlice();
  const statements = await statementsOf(app.orm, async () => {
    expect((await admin.tokens.list()).items).toHaveLength(1);
    expect(await admin.users.search({ search: 'many', limit: 5 })).toHaveLength(5);
    const { items, total } = await admin.clients.list({ perPage: 10 });
    expect([items.length, total]).toEqual([10, 123]);
  });
  const unbounded = statements.filter(
    (sql) =>
      !/ limit \?| limit \$\d| limit 1\b|t\.selector = |count\(\*\)::float8 as total|client_id in \([?, ]+\) group by t\.client_id/.test(
        sql,
      ),
  );
  expect(unbounded).toEqual([]);
  await expect(admin.users.search({ search: 'many', limit: 101 })).rejects.toMatchObject({
    durin: { code: 'INVALID_INPUT' },
  });
});
