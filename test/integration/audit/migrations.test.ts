import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defineEntity, type MikroORM, p } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defineDurinEntities } from '../../../src/index.ts';
import { closeDatabase, connect } from '../../support/database.ts';

const User = defineEntity({
  name: 'User',
  properties: { id: p.integer().primary(), username: p.string().unique() },
});
const entities = [User, ...Object.values(defineDurinEntities({ user: () => User, audit: true }))];

let folder: string;
let orm: MikroORM;
beforeEach(async () => {
  // Inside node_modules/, so that a migration can resolve the packages it imports.
  folder = await mkdtemp(join(import.meta.dirname, '../../../node_modules/.durin-migrations-'));
});
afterEach(async () => {
  await closeDatabase(orm);
  await rm(folder, { recursive: true });
});

async function open(snapshot: boolean, own: Parameters<typeof connect>[0] = { entities }): Promise<void> {
  orm = await connect({ extensions: [Migrator], migrations: { path: folder, emit: 'js', snapshot }, ...own });
}

async function run(sql: string): Promise<Record<string, unknown>[]> {
  return (orm.em.getConnection() as unknown as { execute(sql: string): Promise<Record<string, unknown>[]> }).execute(
    sql,
  );
}

const triggers = () =>
  run(
    "select tgrelid::regclass::text || ': ' || tgname as trigger from pg_trigger where tgname like '%durin_audit' order by 1",
  );
const functions = () => run("select proname from pg_proc where proname like '%durin_audit%'");
const tables = () => run("select relname from pg_class where relname like '%\\_audit' and relkind = 'r'");

test.each([false, true])("the app's migrations create and drop it; with a snapshot: %s", async (snapshot) => {
  await open(snapshot);
  const { fileName } = await orm.migrator.create(folder);
  expect(await readFile(join(folder, fileName), 'utf8')).toContain('00_durin_audit');

  await orm.migrator.up();
  expect(await triggers()).toEqual([
    { trigger: 'durin_auth_token: 00_durin_audit' },
    { trigger: 'durin_client: 00_durin_audit' },
  ]);
  expect(await tables()).toEqual([{ relname: 'durin_audit' }]);
  expect(await orm.migrator.checkSchema()).toBe(false);
  expect((await orm.migrator.create(folder)).diff).toEqual({ up: [], down: [] });

  await orm.migrator.down();
  expect([await triggers(), await functions(), await tables()]).toEqual([[], [], []]);
});

test('an app that turns it on later gets a migration of the audit alone', async () => {
  const unaudited = [User, ...Object.values(defineDurinEntities({ user: () => User }))];
  await open(false, { entities: unaudited });
  await orm.schema.create();
  const sql = await orm.schema.getUpdateSchemaSQL();
  expect(sql).toBe('');
  await closeDatabase(orm);

  await open(false);
  await orm.schema.create();
  for (const { trigger } of await triggers()) {
    const [table, name] = String(trigger).split(': ');
    await run(`drop trigger "${name}" on ${table}`);
  }
  await run('drop table durin_audit');
  const { diff } = await orm.migrator.create(folder);
  const isOfAudit = /durin_audit/;
  expect(diff.up.filter((statement) => statement !== '' && !isOfAudit.test(statement))).toEqual([]);
  await orm.migrator.up();
  expect(await triggers()).toHaveLength(2);
  expect((await orm.migrator.create(folder)).diff).toEqual({ up: [], down: [] });
});

test('with triggers that notify, in a schema, with the longest prefix', async () => {
  const options = { schema: 'auth', tablePrefix: 'a'.repeat(24), notify: true, audit: true } as const;
  await open(false, { entities: [User, ...Object.values(defineDurinEntities({ user: () => User, ...options }))] });
  await orm.migrator.create(folder);
  await orm.migrator.up();
  expect(await triggers()).toHaveLength(2);
  expect((await orm.migrator.create(folder)).diff).toEqual({ up: [], down: [] });
  await run(`insert into auth.${'a'.repeat(24)}client (name) values ('web')`);
  expect(await run(`select action, client from auth.${'a'.repeat(24)}audit`)).toEqual([
    { action: 'client-created', client: 'web' },
  ]);
  await orm.migrator.down();
  expect([await triggers(), await functions(), await tables()]).toEqual([[], [], []]);
});
