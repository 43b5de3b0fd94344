import { defineEntity, p } from '@mikro-orm/core';
import { MikroORM } from '@mikro-orm/postgresql';
import { expect, test } from 'vitest';
import { createDurin, DurinUsageError, defineDurinEntities, durinTrigger } from '../../../src/index.ts';

const properties = { id: p.integer().primary(), username: p.string() };

test('a key that is no property is named', async () => {
  const User = defineEntity({ name: 'User', properties, triggers: [durinTrigger({ key: 'nr' })] });
  const opening = MikroORM.init({ entities: [User], dbName: 'none', connect: false } as never);
  await expect(opening).rejects.toThrow(DurinUsageError);
  await expect(opening).rejects.toThrow('key must be the primary key of user');
});

test('tables have no triggers by default', async () => {
  const User = defineEntity({ name: 'User', properties });
  const orm = new MikroORM({
    entities: [User, ...Object.values(defineDurinEntities({ user: () => User }))],
    dbName: 'none',
  });
  expect(await orm.schema.getCreateSchemaSQL()).not.toContain('trigger');
});

test('the table of last uses has none at all', async () => {
  const User = defineEntity({ name: 'User', properties, triggers: [durinTrigger()] });
  const orm = new MikroORM({
    entities: [User, ...Object.values(defineDurinEntities({ user: () => User, notify: true }))],
    dbName: 'none',
  });
  const created = (await orm.schema.getCreateSchemaSQL()).match(/create trigger "\w+" [\w ]+ on "\w+"/g);
  expect(created?.toSorted()).toEqual([
    'create trigger "durin_notify_delete" after delete on "durin_auth_token"',
    'create trigger "durin_notify_truncate" after truncate or update of id on "durin_auth_token"',
    'create trigger "durin_notify_update" after update on "durin_auth_token"',
    'create trigger "durin_notify_update" after update on "durin_client"',
    'create trigger "durin_notify_update" after update on "user"',
  ]);
});

function createInTenant(schema?: string) {
  const User = defineEntity({ name: 'User', properties, triggers: [durinTrigger({ schema })] });
  const entities = defineDurinEntities({ user: () => User, notify: true, ...(schema !== undefined && { schema }) });
  const orm = new MikroORM({ entities: [User, ...Object.values(entities)], dbName: 'none', schema: 'tenant' });
  return createDurin({ orm, entities: { User, ...entities }, secret: 'x'.repeat(32), verifyCredentials: () => null });
}

test('in a schema that an option of the ORM sets, triggers must name it', () => {
  expect(() => createInTenant()).toThrow(DurinUsageError);
  expect(() => createInTenant()).toThrow("defineDurinEntities: with notify, schema must be 'tenant'");
  expect(() => createInTenant('tenant')).not.toThrow();
});

const Base = defineEntity({
  name: 'Base',
  abstract: true,
  properties: { id: p.integer().primary() },
  triggers: [durinTrigger()],
});
const Team = defineEntity({ name: 'Team', extends: Base, properties: { name: p.string() } });
const Other = defineEntity({ name: 'Other', extends: Base, properties: { name: p.string() } });

test('a trigger that users and others inherit is refused', () => {
  const User = defineEntity({ name: 'User', extends: Base, properties: { username: p.string() } });
  const { Client, AuthToken } = defineDurinEntities({ user: () => User, notify: true });
  const orm = new MikroORM({ entities: [Base, Team, User, Client, AuthToken], dbName: 'none' });
  const entities = { User, Client, AuthToken };
  const create = () => createDurin({ orm, entities, secret: 'x'.repeat(32), verifyCredentials: () => null });
  expect(create).toThrow(DurinUsageError);
  expect(create).toThrow('put a durinTrigger() into each entity');
});

test('a trigger that related entities inherit is refused', () => {
  const team = () => p.manyToOne(Team);
  const User = defineEntity({ name: 'User', properties: { ...properties, team }, triggers: [durinTrigger()] });
  const { Client, AuthToken } = defineDurinEntities({ user: () => User, notify: true });
  const orm = new MikroORM({ entities: [Base, Team, Other, User, Client, AuthToken], dbName: 'none' });
  const entities = { User, Client, AuthToken };
  const create = () => createDurin({ orm, entities, secret: 'x'.repeat(32), verifyCredentials: () => null });
  expect(create).toThrow(DurinUsageError);
  expect(create).toThrow('put a durinTrigger() into each entity');
});

test('of related entities, triggers must name the schema as well', () => {
  const Unplaced = defineEntity({ name: 'Unplaced', properties, triggers: [durinTrigger()] });
  const User = defineEntity({
    name: 'User',
    properties: { ...properties, team: () => p.manyToOne(Unplaced) },
    triggers: [durinTrigger({ schema: 'tenant' })],
  });
  const { Client, AuthToken } = defineDurinEntities({ user: () => User, notify: true, schema: 'tenant' });
  const orm = new MikroORM({ entities: [Unplaced, User, Client, AuthToken], dbName: 'none', schema: 'tenant' });
  const entities = { User, Client, AuthToken };
  const create = () => createDurin({ orm, entities, secret: 'x'.repeat(32), verifyCredentials: () => null });
  expect(create).toThrow("durinTrigger: schema must be 'tenant'");
});
