import { defineEntity, type MikroORM, p } from '@mikro-orm/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin, defineDurinEntities } from '../../../src/index.ts';
import { requestOf, secret } from '../../support/app.ts';
import { closeDatabase, connect, openDatabase } from '../../support/database.ts';

// mikro-orm #5166 and #7082: rows of two schemas have the same keys, so the user of one schema became that of another.

const User = defineEntity({
  name: 'User',
  properties: { id: p.integer().primary(), username: p.string(), isActive: p.boolean().default(true) },
});
const { Client, AuthToken } = defineDurinEntities({ user: () => User });

let orm: MikroORM;
beforeAll(async () => {
  orm = await openDatabase({ entities: [User, Client, AuthToken] });
  const execute = (sql: string) => orm.em.getConnection('write').execute(sql);
  await execute('create schema other');
  await execute('create table other."user" (like public."user" including all)');
});
afterAll(() => closeDatabase(orm));

test('an entity of another schema is refused, and its changes end no session', async () => {
  const own = orm.em.fork();
  const other = orm.em.fork({ schema: 'other' });
  const root = own.create(User, { username: 'root' });
  await own.flush();
  const mallory = other.create(User, { id: root.id, username: 'mallory' });
  await other.flush();

  const durin = createDurin({
    orm,
    entities: { User, Client, AuthToken },
    secret,
    clients: { web: {} },
    verifyCredentials: ({ input }) => orm.em.fork({ schema: 'other' }).findOne(User, { username: input.username }),
  });
  await durin.clients.sync();
  const sentence = "user must be a User of the schema 'public', which this durin uses, and is one of 'other'";
  await expect(durin.tokens.issue({ user: mallory, client: 'web' })).rejects.toThrow(sentence);
  const caller = durin.durinRouter.createCaller(durin.createContext(requestOf()));
  await expect(caller.login({ username: 'mallory', password: '', client: 'web' })).rejects.toThrow(
    'Internal server error',
  );

  const { token } = await durin.tokens.issue({ user: root, client: 'web' });
  mallory.isActive = false;
  await other.flush();
  await other.remove(mallory).flush();
  expect((await durin.authenticate(token)).user).toMatchObject({ username: 'root' });
  root.isActive = false;
  await own.flush();
  await expect(durin.authenticate(token)).rejects.toThrow('User inactive or deleted.');
  await durin.close();
});

test('a user entity of no fixed schema is refused when durin is created', async () => {
  const Tenant = defineEntity({ name: 'Tenant', schema: '*', properties: { id: p.integer().primary() } });
  const durins = defineDurinEntities({ user: () => Tenant });
  const tenants = await connect({ entities: [Tenant, durins.Client, durins.AuthToken], schema: 'public' });
  expect(() =>
    createDurin({ orm: tenants, entities: { User: Tenant, ...durins }, secret, verifyCredentials: () => null }),
  ).toThrow("entities.User must be in one schema, and Tenant has schema '*'");
  await closeDatabase(tenants);
});
