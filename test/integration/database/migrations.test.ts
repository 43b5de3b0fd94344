import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defineEntity, p } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defineDurinEntities } from '../../../src/index.ts';
import { closeDatabase, connect } from '../../support/database.ts';

const User = defineEntity({
  name: 'User',
  properties: { id: p.integer().primary(), username: p.string().unique() },
});
const { Client, AuthToken } = defineDurinEntities({ user: () => User });
const ClientSettings = defineEntity({
  name: 'ClientSettings',
  properties: { id: p.integer().primary(), client: () => p.oneToOne(Client).owner(), theme: p.string() },
});

// The folder is inside node_modules/, so that a migration can resolve the packages it imports.
async function connectWithMigrations(folder: string) {
  return connect({
    entities: [User, Client, AuthToken, ClientSettings],
    extensions: [Migrator],
    migrations: { path: folder, emit: 'js', snapshot: false },
  });
}

let folder: string;
let orm: Awaited<ReturnType<typeof connectWithMigrations>>;
beforeAll(async () => {
  folder = await mkdtemp(join(import.meta.dirname, '../../../node_modules/.durin-migrations-'));
  orm = await connectWithMigrations(folder);
});
afterAll(async () => {
  await closeDatabase(orm);
  await rm(folder, { recursive: true });
});

async function tableNames(): Promise<string[]> {
  const sql = "select table_name from information_schema.tables where table_schema = 'public' order by table_name";
  const connection = orm.em.getConnection() as unknown as { execute(sql: string): Promise<{ table_name: string }[]> };
  return (await connection.execute(sql)).map((row) => row.table_name);
}

test("the app's own migrations create and drop durin's tables", async () => {
  const { fileName, diff } = await orm.migrator.create(folder);
  expect(await readFile(join(folder, fileName), 'utf8')).toContain('create table "durin_auth_token"');
  expect(diff.up.join('\n')).toMatch(/unique \("user_id", "client_id", "slot"\)/);
  expect(diff.up.join('\n')).toMatch(/references "user" \("id"\) on delete cascade/);

  await orm.migrator.up();
  expect(await tableNames()).toEqual([
    'client_settings',
    'durin_auth_token',
    'durin_client',
    'durin_token_use',
    'mikro_orm_migrations',
    'user',
  ]);
  expect(await orm.migrator.checkSchema()).toBe(false);
  expect((await orm.migrator.create(folder)).diff).toEqual({ up: [], down: [] });

  await orm.migrator.down();
  expect(await tableNames()).toEqual(['mikro_orm_migrations']);
});
