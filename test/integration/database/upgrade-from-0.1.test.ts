import type { MikroORM } from '@mikro-orm/core';
import { afterEach, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { requiredOptions } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';
import { closeDatabase } from '../../support/database.ts';
import { type OldToken, openAppOfVersion01, runSql } from '../../support/version-0.1/app.ts';
import { migrationsOfGuide, openUpgrade } from '../../support/version-0.1/guide.ts';

type App = Awaited<ReturnType<typeof openAppOfVersion01>>;

let app: App;
afterEach(() => closeDatabase(app.orm));

const diffOf = ({ orm }: App) => orm.schema.getUpdateSchemaMigrationSQL({ wrap: false });
const emptyDiff = { up: '', down: '' };

/** What each token of 0.1 signs in as: its id, expiry and client, or why it is refused. Leaves the rows alone. */
async function signIn({ orm, clock, tokens }: App) {
  const durin = createDurin({ ...requiredOptions(orm), now: clock });
  const valid = tokens.filter(({ expiry }) => expiry === null || expiry.getTime() > clock());
  const sessions = await Promise.all(valid.map(({ token }) => durin.authenticate(token)));
  await durin.close();
  return sessions.map(({ id, user, client, created, expiry }) => ({
    id,
    userId: user.id,
    client: client.name,
    created,
    expiry,
  }));
}

function expectedOf({ tokens, clock }: App) {
  return tokens
    .filter(({ expiry }) => expiry === null || expiry.getTime() > clock())
    .map(({ id, userId, client, created, expiry }) => ({ id, userId, client, created, expiry }));
}

/** The rows of 0.1's tables, without last uses. */
async function rowsOf({ orm }: App) {
  const columns = 't.id, t.selector, t.user_id, c.name, c.token_ttl, c.throttle_rate, t.created, t.expiry';
  return runSql(
    orm,
    `select ${columns} from durin_auth_token t join durin_client c on c.id = t.client_id order by t.id`,
  );
}

async function lastUsesOf(orm: MikroORM, table: string, id: string) {
  const instants = `(extract(epoch from last_used_at) * 1000)::float8 as used, ip_address, user_agent`;
  return runSql(orm, `select ${id} as id, ${instants} from ${table} order by 1`);
}

const lastUseOf = ({ id, lastUsedAt, ipAddress, userAgent }: OldToken) => ({
  id,
  used: lastUsedAt?.getTime() ?? null,
  ip_address: ipAddress,
  user_agent: userAgent,
});

/** All columns, indexes and constraints, in the order of their names. */
async function structureOf({ orm }: App) {
  return runSql(
    orm,
    `select 'column ' || table_name || '.' || column_name as name, data_type || coalesce(character_maximum_length::text, '')
       || ' ' || is_nullable || ' ' || coalesce(column_default, '') as definition
     from information_schema.columns where table_schema = 'public'
     union all select 'index ' || indexname, indexdef from pg_indexes where schemaname = 'public'
     union all select 'constraint ' || conname, pg_get_constraintdef(oid) from pg_constraint
       where connamespace = 'public'::regnamespace and contype <> 'n'
     order by 1`,
  );
}

// PGlite takes seconds for each diff.
test("MikroORM's own diff keeps every session, up, down and up again", { timeout: 120_000 }, async () => {
  app = await openAppOfVersion01();
  const [rows, structure] = [await rowsOf(app), await structureOf(app)];
  const { up, down } = await diffOf(app);
  expect(up).not.toContain('rename');

  await app.orm.schema.execute(up);
  expect(await diffOf(app)).toEqual(emptyDiff);
  expect(await signIn(app)).toEqual(expectedOf(app));

  await app.orm.schema.execute(down);
  expect(await structureOf(app)).toEqual(structure);
  expect(await rowsOf(app)).toEqual(rows);

  await app.orm.schema.execute(up);
  expect(await diffOf(app)).toEqual(emptyDiff);
  expect(await rowsOf(app)).toEqual(rows);
  expect(await signIn(app)).toEqual(expectedOf(app));
});

test('orm.schema.update is enough, and expired tokens stay expired', async () => {
  app = await openAppOfVersion01();
  await app.orm.schema.update();
  expect(await diffOf(app)).toEqual(emptyDiff);
  const durin = createDurin({ ...requiredOptions(app.orm), now: app.clock });
  const expired = app.tokens.filter(({ expiry }) => expiry !== null && expiry.getTime() <= app.clock());
  expect(await Promise.all(expired.map(({ token }) => durin.authenticate(token).catch(codeOf)))).toEqual([
    'TOKEN_EXPIRED',
  ]);
  await durin.close();
});

test("no old column becomes a new one's value", async () => {
  app = await openAppOfVersion01();
  await app.orm.schema.update();
  const added = 'slot, name, scopes, authenticated_at, max_expiry, replaces, line, overlap, warned_at';
  const [row, ...others] = await runSql(app.orm, `select distinct ${added} from durin_auth_token`);
  expect(others).toEqual([]);
  expect(row).toEqual({
    slot: 0,
    name: null,
    scopes: null,
    authenticated_at: null,
    max_expiry: null,
    replaces: null,
    line: null,
    overlap: null,
    warned_at: null,
  });
});

test("the guide's migration is MikroORM's, and two statements", async () => {
  app = await openAppOfVersion01();
  const { up, down } = await diffOf(app);
  const [UpgradeDurin] = await migrationsOfGuide(['upgrade-durin.ts']);
  if (UpgradeDurin === undefined) throw new Error('the guide has no migration');
  const migration = new UpgradeDurin(app.orm.em.getDriver() as never, app.orm.config);
  await migration.up();
  const printed = migration.getQueries().map(wordsOf);
  const byHand = printed.filter((sql) => !wordsOf(up).includes(sql));
  expect(byHand.map((sql) => sql.split(' ', 3).join(' '))).toEqual([
    'alter table durin_token_use',
    'insert into durin_token_use',
  ]);
  expect(printed.filter((sql) => !byHand.includes(sql)).join(' ')).toBe(wordsOf(up));
  migration.reset();
  await migration.down();
  expect(migration.getQueries().map(wordsOf).join(' ')).toBe(wordsOf(down));
});

/** A statement without its line breaks. */
function wordsOf(sql: unknown): string {
  return (sql as string).replaceAll(/\s+/g, ' ').trim();
}

test("the guide's migration also keeps when tokens were last used", async () => {
  app = await openUpgrade(['upgrade-durin.ts']);
  const structure = await structureOf(app);
  await app.orm.migrator.up();
  expect(await app.orm.migrator.checkSchema()).toBe(false);
  expect(await lastUsesOf(app.orm, 'durin_token_use', 'token_id')).toEqual(app.tokens.map(lastUseOf));
  const days = await runSql(app.orm, 'select last_used_on::text as day from durin_token_use order by token_id');
  expect(days.map(({ day }) => day)).toEqual(['2026-11-23', '2026-11-22', '2026-11-23', null, null]);
  expect(await signIn(app)).toEqual(expectedOf(app));

  await app.orm.migrator.down();
  const kept = (await structureOf(app)).filter(({ name }) => !String(name).includes('mikro_orm_migrations'));
  expect(kept).toEqual(structure);
  await app.orm.migrator.up();
  expect(await signIn(app)).toEqual(expectedOf(app));
});

test('a safe update keeps the old columns, and drops the old constraint', async () => {
  app = await openAppOfVersion01();
  await app.orm.schema.update({ safe: true });
  const names = (await structureOf(app)).map(({ name }) => name);
  expect(names).not.toContain('constraint durin_auth_token_user_id_client_id_unique');
  expect(names).toContain('constraint durin_auth_token_user_id_client_id_slot_unique');
  expect(await lastUsesOf(app.orm, 'durin_auth_token', 'id')).toEqual(app.tokens.map(lastUseOf));
  expect(await signIn(app)).toEqual(expectedOf(app));
});
