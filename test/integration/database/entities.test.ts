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
    'selector',
    'user_id, client_id, slot',
  ]);
});

test('the generated tables are these, so that apps see no other migration', async () => {
  const lines = (await app.orm.schema.getCreateSchemaSQL()).split('\n');
  expect(lines.filter((line) => line.includes('"durin_'))).toEqual([
    `create table "durin_client" ("id" serial primary key, "name" varchar(64) not null, "token_ttl" int null default 86400, "throttle_rate" varchar(16) null, "max_sessions" int not null default 1, "at_limit" text not null default 'end-oldest', "idle_ttl" int null, "max_lifetime" int null, "created" timestamptz(3) not null default now());`,
    'alter table "durin_client" add constraint "durin_client_name_unique" unique ("name");',
    'alter table "durin_client" add constraint "durin_client_token_ttl_check" check (token_ttl > 0);',
    `alter table "durin_client" add constraint "durin_client_throttle_rate_check" check (((throttle_rate)::text ~ '^[1-9][0-9]{0,8}/[smhd]$'::text));`,
    'alter table "durin_client" add constraint "durin_client_max_sessions_check" check (max_sessions >= 1 and max_sessions <= 1000);',
    `alter table "durin_client" add constraint "durin_client_at_limit_check" check (at_limit in ('end-oldest', 'refuse'));`,
    'alter table "durin_client" add constraint "durin_client_idle_ttl_check" check (idle_ttl >= 300);',
    'alter table "durin_client" add constraint "durin_client_max_lifetime_check" check (max_lifetime > 0);',
    'create table "durin_auth_token" ("id" uuid not null, "selector" varchar(32) not null, "user_id" int not null, "client_id" int not null, "slot" smallint not null default 0, "name" varchar(64) null, "scopes" text[] null, "created" timestamptz(3) not null, "authenticated_at" timestamptz(3) null, "expiry" timestamptz(3) null, "max_expiry" timestamptz(3) null, "replaces" uuid null, "line" uuid[] null, "overlap" int null, "warned_at" timestamptz(3) null, primary key ("id"));',
    `comment on column "durin_auth_token"."name" is 'the device''s or the key''s name';`,
    `comment on column "durin_auth_token"."authenticated_at" is 'when the user last proved to be the user';`,
    `comment on column "durin_auth_token"."max_expiry" is 'beyond it, nothing extends the token';`,
    `comment on column "durin_auth_token"."warned_at" is 'when the user was last warned that it expires';`,
    'alter table "durin_auth_token" add constraint "durin_auth_token_selector_unique" unique ("selector");',
    'create index "durin_auth_token_created_id_expiry_index" on "durin_auth_token" ("created", "id", "expiry");',
    'create index "durin_auth_token_expiry_id_client_id_index" on "durin_auth_token" ("expiry", "id", "client_id");',
    'create index "durin_auth_token_client_id_created_id_expiry_index" on "durin_auth_token" ("client_id", "created", "id", "expiry");',
    'alter table "durin_auth_token" add constraint "durin_auth_token_user_id_client_id_slot_unique" unique ("user_id", "client_id", "slot");',
    'create table "durin_token_use" ("token_id" uuid not null, "last_used_at" timestamptz(3) null, "last_used_on" date null, "ip_address" varchar(64) null, "user_agent" varchar(256) null, primary key ("token_id"));',
    'create index "durin_token_use_last_used_on_index" on "durin_token_use" ("last_used_on");',
    'alter table "durin_auth_token" add constraint "durin_auth_token_user_id_foreign" foreign key ("user_id") references "app_user" ("id") on delete cascade;',
    'alter table "durin_auth_token" add constraint "durin_auth_token_client_id_foreign" foreign key ("client_id") references "durin_client" ("id") on delete cascade;',
    'alter table "durin_token_use" add constraint "durin_token_use_token_id_foreign" foreign key ("token_id") references "durin_auth_token" ("id") on update cascade on delete cascade;',
  ]);
});
