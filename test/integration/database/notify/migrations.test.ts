import { defineEntity, p } from '@mikro-orm/core';
import { expect, test } from 'vitest';
import { defineDurinEntities, durinTrigger } from '../../../../src/index.ts';
import { useMigrations } from '../../../support/databases/migrations.ts';

const properties = { id: p.integer().primary(), username: p.string().unique() };
const User = defineEntity({ name: 'User', properties, triggers: [durinTrigger()] });
const entities = [User, ...Object.values(defineDurinEntities({ user: () => User, notify: true }))];

const migrations = useMigrations();

async function open(...input: Parameters<typeof migrations.open>) {
  const database = await migrations.open(...input);
  const triggers = () => database.triggers('durin%');
  const leftovers = () => Promise.all([triggers(), database.functions('%durin_notify%')]);
  return { ...database, triggers, leftovers };
}

test.each([false, true])("the app's migrations create and drop triggers; with a snapshot: %s", async (snapshot) => {
  const { orm, create, up, down, triggers, leftovers } = await open(entities, { snapshot });
  const { code, diff } = await create();
  expect(code).toContain('durin_notify_update');
  expect(diff.down.join('\n')).not.toMatch(/create trigger/);

  await up();
  expect(await triggers()).toEqual([
    '"user": durin_notify_update',
    'durin_auth_token: durin_notify_delete',
    'durin_auth_token: durin_notify_truncate',
    'durin_auth_token: durin_notify_update',
    'durin_client: durin_notify_update',
  ]);
  expect(await orm.migrator.checkSchema()).toBe(false);
  expect((await create()).diff).toEqual({ up: [], down: [] });

  await down();
  expect(await leftovers()).toEqual([[], []]);
});

test('an app that turns it on later gets a migration of triggers alone', async () => {
  const { orm, run, create, up, down, triggers, leftovers } = await open(entities);
  await orm.schema.create();
  const all = await triggers();
  for (const trigger of all) await run(`drop trigger ${String(trigger).split(': ').toReversed().join(' on ')}`);

  const { diff } = await create();
  expect(diff.up.filter((statement) => !/^(?:$|create (?:or replace function|trigger) )/.test(statement))).toEqual([]);
  await up();
  expect(await triggers()).toEqual(all);
  expect((await create()).diff).toEqual({ up: [], down: [] });

  await down();
  expect(await leftovers()).toEqual([[], []]);
});

test('tables in a schema, with the longest prefix and a key of another name', async () => {
  const Person = defineEntity({
    name: 'Person',
    schema: 'people',
    properties: { nr: p.uuid().primary().fieldName('person nr') },
    triggers: [durinTrigger({ key: 'nr' })],
  });
  const own = defineDurinEntities({ user: () => Person, schema: 'auth', tablePrefix: 'a'.repeat(24), notify: true });
  const { create, up, down, triggers, leftovers } = await open([Person, own.Client, own.AuthToken]);
  await create();
  await up();
  expect(await triggers()).toHaveLength(5);
  expect((await create()).diff).toEqual({ up: [], down: [] });
  await down();
  expect(await leftovers()).toEqual([[], []]);
});
