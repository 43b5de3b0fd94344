import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp } from '../../support/app.ts';
import { AuthToken, Client, User } from '../../support/entities.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

function execute(sql: string): Promise<Record<string, unknown>[]> {
  const connection = app.orm.em.getConnection() as unknown as {
    execute(sql: string): Promise<Record<string, unknown>[]>;
  };
  return connection.execute(sql);
}

test('a client needs only a name, and its tokens live one day', async () => {
  const em = app.orm.em.fork();
  const client = em.create(Client, { name: 'by the ORM', throttleRate: null });
  await em.flush();
  expect(client).toMatchObject({ tokenTtl: 86_400, throttleRate: null });
  await execute("insert into durin_client (name) values ('by SQL')");
  expect(await execute("select token_ttl, throttle_rate from durin_client where name = 'by SQL'")).toEqual([
    { token_ttl: 86_400, throttle_rate: null },
  ]);
});

test.each([
  [{ name: 'bad', throttleRate: '2/minute' }, /^throttleRate must be a rate/],
  [{ name: 'bad', throttleRate: '-5/m' }, /^throttleRate must be a rate/],
  [{ name: 'bad', tokenTtl: 0, throttleRate: null }, /^tokenTtl must be a duration/],
  [{ name: 'bad', tokenTtl: -1, throttleRate: null }, /^tokenTtl must be a duration/],
  [{ name: ' ', throttleRate: null }, 'name: This field may not be blank.'],
  [{ name: 'x'.repeat(65), throttleRate: null }, 'name: At most 64 characters.'],
])('a flush rejects the invalid client %j', async (client, sentence) => {
  const em = app.orm.em.fork();
  em.create(Client, client);
  await expect(em.flush()).rejects.toThrow(sentence);
});

test('a flush rejects an invalid change of a client', async () => {
  const em = app.orm.em.fork();
  const client = await em.findOneOrFail(Client, { name: 'web' });
  client.throttleRate = '5 per minute';
  await expect(em.flush()).rejects.toThrow('throttleRate must be a rate');
});

test.each([
  "insert into durin_client (name, throttle_rate) values ('bad', '2/minute')",
  "insert into durin_client (name, throttle_rate) values ('bad', '0/m')",
  "insert into durin_client (name, token_ttl) values ('bad', 0)",
  "insert into durin_client (name) values ('web')",
])('a constraint rejects: %s', async (sql) => {
  await expect(execute(sql)).rejects.toThrow(/violates (check|unique) constraint/);
});

test('deleting a user or a client deletes only its own tokens', async () => {
  const em = app.orm.em.fork();
  const carol = em.create(User, { username: 'carol' });
  await em.flush();
  await app.durin.clients.create({ name: 'short-lived' });
  await app.durin.tokens.issue({ user: carol, client: 'web' });
  await app.durin.tokens.issue({ user: 2, client: 'short-lived' as 'web' });
  await app.durin.tokens.issue({ user: 2, client: 'web' });
  await em.remove(carol).flush();
  await app.durin.clients.delete('short-lived');
  const rows = await app.orm.em.fork().findAll(AuthToken, { populate: ['user', 'client'] });
  expect(rows.map(({ user, client }) => [user.username, client.name])).toEqual([['bob', 'web']]);
});

test('the token table has the indexes for purging, lists and cascades', async () => {
  const rows = await execute("select indexdef from pg_indexes where tablename = 'durin_auth_token'");
  const columns = rows.map(({ indexdef }) => /\((.*)\)/.exec(String(indexdef))?.[1]).toSorted();
  expect(columns).toEqual([
    'client_id, created, id, expiry',
    'created, id, expiry',
    'expiry, id, client_id',
    'id',
    'last_used_at, id, expiry, client_id',
    'selector',
    'user_id, client_id',
  ]);
});
