import { defineEntity, p } from '@mikro-orm/core';
import { expect, test } from 'vitest';
import { defineDurinEntities } from '../../../src/index.ts';
import { useMigrations } from '../../support/databases/migrations.ts';

const User = defineEntity({
  name: 'User',
  properties: { id: p.integer().primary(), username: p.string().unique() },
});
const { Client, AuthToken } = defineDurinEntities({ user: () => User });
const ClientSettings = defineEntity({
  name: 'ClientSettings',
  properties: { id: p.integer().primary(), client: () => p.oneToOne(Client).owner(), theme: p.string() },
});

const migrations = useMigrations();

test("the app's own migrations create and drop durin's tables", async () => {
  const { orm, create, up, down, tables } = await migrations.open([User, Client, AuthToken, ClientSettings]);
  const { code, diff } = await create();
  expect(code).toContain('create table "durin_auth_token"');
  expect(diff.up.join('\n')).toMatch(/unique \("user_id", "client_id", "slot"\)/);
  expect(diff.up.join('\n')).toMatch(/references "user" \("id"\) on delete cascade/);

  await up();
  expect(await tables()).toEqual([
    'client_settings',
    'durin_auth_token',
    'durin_client',
    'durin_token_use',
    'mikro_orm_migrations',
    'user',
  ]);
  expect(await orm.migrator.checkSchema()).toBe(false);
  expect((await create()).diff).toEqual({ up: [], down: [] });

  await down();
  expect(await tables()).toEqual(['mikro_orm_migrations']);
});
