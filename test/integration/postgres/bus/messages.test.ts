import { defineEntity, type MikroORM, p } from '@mikro-orm/core';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { durinTrigger } from '../../../../src/index.ts';
import { hearNotifications } from '../../../support/bus/heard-notifications.ts';
import { type NotifiedApp, type NotifiedProcess, openNotifiedApp } from '../../../support/bus/notified-app.ts';
import { closeDatabase, openDatabase, postgresUrl } from '../../../support/database.ts';
import { databaseUrl } from '../../../support/servers/database-server.ts';

let app: NotifiedApp;
let here: NotifiedProcess;
let ear: Awaited<ReturnType<typeof hearNotifications>>;
beforeAll(async () => {
  app = await openNotifiedApp({ notify: true });
  here = await app.start();
  ear = await hearNotifications(app.url);
});
beforeEach(async () => {
  await app.psql.query('truncate durin_auth_token, durin_client, app_user restart identity cascade');
  await app.psql.query("insert into durin_client (name) values ('web')");
  await app.psql.query("insert into app_user (username) select 'user ' || n from generate_series(1, 20) n");
  await ear.take();
});
afterAll(async () => {
  await ear.close();
  await app.close();
});

/** Adds tokens, as many as there are, and returns the selectors. */
async function addTokens(count: number): Promise<string[]> {
  const { rows } = await app.psql.query<{ selector: string }>(
    `insert into durin_auth_token (id, selector, user_id, client_id, slot, created)
     select gen_random_uuid(), md5(n::text), 1 + n / 30000, 1, n % 30000, now() from generate_series(1, $1::int) n
     returning selector`,
    [count],
  );
  return rows.map(({ selector }) => selector);
}

interface Change {
  readonly table: unknown;
  /** `null`: the whole table. */
  readonly keys: string[] | null;
}

async function takeChanges(): Promise<Change[]> {
  const messages = await ear.take();
  for (const message of messages) expect(Buffer.byteLength(message)).toBeLessThan(8000);
  return messages.map((message) => {
    const [schema, table, keys = null] = JSON.parse(message.replace(/^changed /, '')) as [string, string, string[]?];
    expect(schema).toBe('public');
    return { table, keys };
  });
}

test('a statement sends one message about the rows that it changed', async () => {
  const [first, second] = await addTokens(3);
  await app.psql.query("update durin_auth_token set name = 'x' where selector in ($1, $2)", [first, second]);
  await app.psql.query("update app_user set is_active = false where username = 'user 7'");
  await app.psql.query("update durin_client set max_sessions = 2 where name = 'web'");
  await app.psql.query('delete from durin_auth_token where selector = $1', [first]);
  expect(await takeChanges()).toEqual([
    { table: 'durin_auth_token', keys: [first, second] },
    { table: 'app_user', keys: ['7'] },
    { table: 'durin_client', keys: ['1'] },
    { table: 'durin_auth_token', keys: [first] },
  ]);
});

test('deleting a related row is announced if the foreign key changes users', async () => {
  const { rows } = await app.psql.query<{ id: number }>(
    "insert into app_organization (name) values ('x') returning id",
  );
  await app.psql.query("update app_user set organization_id = $1 where username = 'user 7'", [rows[0]?.id]);
  await ear.take();
  await app.psql.query('delete from app_organization where id = $1', [rows[0]?.id]);
  expect(await takeChanges()).toEqual([{ table: 'app_user', keys: ['7'] }]);
  await app.psql.query("insert into app_organization (name) values ('y')");
  await app.psql.query("delete from app_organization where name = 'y'");
  expect(await takeChanges()).toEqual([]);
});

test('statements that change nothing, and those that add rows, send nothing', async () => {
  await addTokens(10);
  await app.psql.query('delete from durin_auth_token where false');
  await app.psql.query("update app_user set username = 'x' where false");
  expect(await takeChanges()).toEqual([]);
});

test('a change of 1,000 rows is several messages, and of more rows one', async () => {
  await addTokens(1000);
  await app.psql.query('delete from durin_auth_token');
  const changes = await takeChanges();
  expect(changes).toHaveLength(10);
  expect(new Set(changes.flatMap(({ keys }) => keys ?? []))).toHaveLength(1000);

  await addTokens(20_000);
  await app.psql.query('delete from durin_auth_token');
  expect(await takeChanges()).toEqual([{ table: 'durin_auth_token', keys: null }]);
});

test('truncate is one message', async () => {
  await addTokens(5);
  await app.psql.query('truncate durin_auth_token cascade');
  expect(await takeChanges()).toEqual([{ table: 'durin_auth_token', keys: null }]);
});

test('a transaction that is rolled back sends nothing', async () => {
  const [first] = await addTokens(2);
  await app.psql.query('begin');
  await app.psql.query('delete from durin_auth_token');
  await app.psql.query('savepoint inner_one');
  await app.psql.query('truncate durin_auth_token cascade');
  await app.psql.query('rollback');
  await app.psql.query('delete from durin_auth_token where selector = $1', [first]);
  expect(await takeChanges()).toEqual([{ table: 'durin_auth_token', keys: [first] }]);
});

test('200,000 last uses send nothing', async () => {
  const count = 100_000;
  await addTokens(count);
  const use = `insert into durin_token_use (token_id, last_used_at) select id, clock_timestamp() from durin_auth_token
    on conflict (token_id) do update set last_used_at = excluded.last_used_at`;
  for (const round of [1, 2]) expect([round, (await app.psql.query(use)).rowCount]).toEqual([round, count]);
  expect(await takeChanges()).toEqual([]);
});

test('durin announces each of its changes once, and uses and logins never', async () => {
  const { durin } = here;
  const { token, auth } = await durin.tokens.issue({ user: 1, client: 'web' });
  await here.warm(token);
  await durin.flush();
  expect(await takeChanges()).toEqual([]);
  const { rows } = await app.psql.query<{ selector: string }>('select selector from durin_auth_token');
  await durin.tokens.revoke(auth.id);
  expect(await takeChanges()).toEqual([{ table: 'durin_auth_token', keys: [rows[0]?.selector] }]);

  const em = here.orm.em.fork();
  const user = await em.findOneOrFail(app.entities.User, 2);
  user.username = 'renamed';
  await em.flush();
  expect(await takeChanges()).toEqual([{ table: 'app_user', keys: ['2'] }]);
});

test('long keys fit into a message, or are one about the table', async () => {
  const Person = defineEntity({
    name: 'Person',
    properties: { name: p.string().length(3000).primary(), age: p.integer() },
    triggers: [durinTrigger({ key: 'name' })],
  });
  const orm: MikroORM = await openDatabase({ entities: [Person] });
  const url = databaseUrl(postgresUrl ?? '', orm.config.get('dbName') ?? '');
  const own = await hearNotifications(url);
  const psql = new Client({ connectionString: url });
  await psql.connect();
  const long = '"é'.repeat(1000);
  await psql.query('insert into person select $1, 1', [long]);
  await psql.query("insert into person select 'n' || n, 2 from generate_series(1, 3) n");
  await psql.query('update person set age = 3 where age = 1');
  await psql.query("insert into person select repeat('ü', 2500) || n, 4 from generate_series(1, 3) n");
  await psql.query('update person set age = 5 where age = 4');
  const [fitting = '', ...others] = await own.take();
  expect(Buffer.byteLength(fitting)).toBeLessThan(8000);
  expect(JSON.parse(fitting.replace(/^changed /, ''))).toEqual(['public', 'person', [long]]);
  expect(others).toEqual(['changed ["public", "person"]']);
  await psql.end();
  await own.close();
  await closeDatabase(orm);
});
