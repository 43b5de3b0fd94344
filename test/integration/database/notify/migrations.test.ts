import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defineEntity, type MikroORM, p } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defineDurinEntities, durinTrigger } from '../../../../src/index.ts';
import { closeDatabase, connect } from '../../../support/database.ts';

const properties = { id: p.integer().primary(), username: p.string().unique() };
const User = defineEntity({ name: 'User', properties, triggers: [durinTrigger()] });
const entities = [User, ...Object.values(defineDurinEntities({ user: () => User, notify: true }))];

let folder: string;
let orm: MikroORM;
beforeEach(async () => {
  // Inside node_modules/, so that a migration can resolve the packages it imports.
  folder = await mkdtemp(join(import.meta.dirname, '../../../../node_modules/.durin-migrations-'));
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
    `select tgrelid::regclass::text || ': ' || tgname as trigger from pg_trigger where tgname like 'durin%' order by 1`,
  );
const functions = () => run(`select proname from pg_proc where proname like '%durin_notify%' order by 1`);

test.each([false, true])("the app's migrations create and drop triggers; with a snapshot: %s", async (snapshot) => {
  await open(snapshot);
  const { fileName, diff } = await orm.migrator.create(folder);
  expect(await readFile(join(folder, fileName), 'utf8')).toContain('durin_notify_update');
  expect(diff.down.join('\n')).not.toMatch(/create trigger/);

  await orm.migrator.up();
  expect(await triggers()).toEqual([
    { trigger: '"user": durin_notify_update' },
    { trigger: 'durin_auth_token: durin_notify_delete' },
    { trigger: 'durin_auth_token: durin_notify_truncate' },
    { trigger: 'durin_auth_token: durin_notify_update' },
    { trigger: 'durin_client: durin_notify_update' },
  ]);
  expect(await orm.migrator.checkSchema()).toBe(false);
  expect((await orm.migrator.create(folder)).diff).toEqual({ up: [], down: [] });

  await orm.migrator.down();
  expect([await triggers(), await functions()]).toEqual([[], []]);
});

test('an app that turns it on later gets a migration of triggers alone', async () => {
  await open(false);
  await orm.schema.create();
  const all = await triggers();
  for (const { trigger } of all) await run(`drop trigger ${String(trigger).split(': ').toReversed().join(' on ')}`);

  const { diff } = await orm.migrator.create(folder);
  expect(diff.up.filter((statement) => !/^(?:$|create (?:or replace function|trigger) )/.test(statement))).toEqual([]);
  await orm.migrator.up();
  expect(await triggers()).toEqual(all);
  expect((await orm.migrator.create(folder)).diff).toEqual({ up: [], down: [] });

  await orm.migrator.down();
  expect([await triggers(), await functions()]).toEqual([[], []]);
});

test('tables in a schema, with the longest prefix and a key of another name', async () => {
  const Person = defineEntity({
    name: 'Person',
    schema: 'people',
    properties: { nr: p.uuid().primary().fieldName('person nr') },
    triggers: [durinTrigger({ key: 'nr' })],
  });
  const own = defineDurinEntities({ user: () => Person, schema: 'auth', tablePrefix: 'a'.repeat(24), notify: true });
  await open(false, { entities: [Person, own.Client, own.AuthToken] });
  await orm.migrator.create(folder);
  await orm.migrator.up();
  expect(await triggers()).toHaveLength(5);
  expect((await orm.migrator.create(folder)).diff).toEqual({ up: [], down: [] });
  await orm.migrator.down();
  expect([await triggers(), await functions()]).toEqual([[], []]);
});
