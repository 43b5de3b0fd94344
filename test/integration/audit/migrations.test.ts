import { defineEntity, p } from '@mikro-orm/core';
import { expect, test } from 'vitest';
import { defineDurinEntities } from '../../../src/index.ts';
import { useMigrations } from '../../support/databases/migrations.ts';

const User = defineEntity({
  name: 'User',
  properties: { id: p.integer().primary(), username: p.string().unique() },
});
const entities = [User, ...Object.values(defineDurinEntities({ user: () => User, audit: true }))];

const migrations = useMigrations();

async function open(options: Parameters<typeof migrations.open>[1] = {}, own: typeof entities = entities) {
  const database = await migrations.open(own, options);
  const triggers = () => database.triggers('%durin_audit');
  const leftovers = () => Promise.all([triggers(), database.functions('%durin_audit%'), database.tables('%\\_audit')]);
  return { ...database, triggers, leftovers };
}

test.each([false, true])("the app's migrations create and drop it; with a snapshot: %s", async (snapshot) => {
  const { orm, create, up, down, tables, triggers, leftovers } = await open({ snapshot });
  expect((await create()).code).toContain('00_durin_audit');

  await up();
  expect(await triggers()).toEqual(['durin_auth_token: 00_durin_audit', 'durin_client: 00_durin_audit']);
  expect(await tables('%\\_audit')).toEqual(['durin_audit']);
  expect(await orm.migrator.checkSchema()).toBe(false);
  expect((await create()).diff).toEqual({ up: [], down: [] });

  await down();
  expect(await leftovers()).toEqual([[], [], []]);
});

test('an app without the audit has nothing of it', async () => {
  const { orm } = await open({}, [User, ...Object.values(defineDurinEntities({ user: () => User }))]);
  await orm.schema.create();
  expect(await orm.schema.getUpdateSchemaSQL()).toBe('');
});

test('an app that turns it on later gets a migration of the audit alone', async () => {
  const { orm, run, create, up, triggers } = await open();
  await orm.schema.create();
  for (const trigger of await triggers()) {
    const [table, name] = String(trigger).split(': ');
    await run(`drop trigger "${name}" on ${table}`);
  }
  await run('drop table durin_audit');
  const { diff } = await create();
  const isOfAudit = /durin_audit/;
  expect(diff.up.filter((statement) => statement !== '' && !isOfAudit.test(statement))).toEqual([]);
  await up();
  expect(await triggers()).toHaveLength(2);
  expect((await create()).diff).toEqual({ up: [], down: [] });
});

test('with triggers that notify, in a schema, with the longest prefix', async () => {
  const prefix = 'a'.repeat(24);
  const options = { schema: 'auth', tablePrefix: prefix, notify: true, audit: true } as const;
  const own = [User, ...Object.values(defineDurinEntities({ user: () => User, ...options }))];
  const { run, create, up, down, triggers, leftovers } = await open({}, own);
  await create();
  await up();
  expect(await triggers()).toHaveLength(2);
  expect((await create()).diff).toEqual({ up: [], down: [] });
  await run(`insert into auth.${prefix}client (name) values ('web')`);
  expect(await run(`select action, client from auth.${prefix}audit`)).toEqual([
    { action: 'client-created', client: 'web' },
  ]);
  await down();
  expect(await leftovers()).toEqual([[], [], []]);
});
