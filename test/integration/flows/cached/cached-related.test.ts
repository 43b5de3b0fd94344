import { defineEntity, p } from '@mikro-orm/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin, defineDurinEntities } from '../../../../src/index.ts';
import { secret } from '../../../support/app.ts';
import { closeDatabase, openDatabase } from '../../../support/database.ts';

const Country = defineEntity({ name: 'Country', properties: { id: p.integer().primary(), name: p.string() } });
const Company = defineEntity({
  name: 'Company',
  properties: { id: p.integer().primary(), country: () => p.manyToOne(Country) },
});
const User = defineEntity({
  name: 'User',
  tableName: 'person',
  properties: {
    id: p.integer().primary(),
    company: () => p.manyToOne(Company).nullable(),
    profile: () => p.oneToOne(Profile).mappedBy('user').nullable(),
  },
});
const Profile = defineEntity({
  name: 'Profile',
  properties: { id: p.integer().primary(), motto: p.string(), user: () => p.oneToOne(User).owner() },
});
const { Client, AuthToken } = defineDurinEntities({ user: () => User });

async function open() {
  const orm = await openDatabase({ entities: [User, Profile, Company, Country, Client, AuthToken] });
  const em = orm.em.fork();
  const country = em.create(Country, { name: 'Norway' });
  em.create(User, { id: 1, company: em.create(Company, { country }) });
  await em.flush();
  const durin = createDurin({
    orm,
    entities: { User, Client, AuthToken },
    secret,
    verifyCredentials: () => null,
    populate: ['user', 'user.profile', 'user.company.country'],
    cache: { ttl: '60s' },
  });
  await durin.clients.create({ name: 'web' });
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  return { orm, durin, look: async () => (await durin.authenticate(token)).user };
}

let app: Awaited<ReturnType<typeof open>>;
beforeAll(async () => {
  app = await open();
});
afterAll(async () => {
  await app.durin.close();
  await closeDatabase(app.orm);
});

test('a change across a populated relation is seen at once', async () => {
  const em = app.orm.em.fork();
  expect((await app.look()).profile).toBeNull();
  const profile = em.create(Profile, { motto: 'onwards', user: em.getReference(User, 1) });
  await em.flush();
  expect((await app.look()).profile).toMatchObject({ motto: 'onwards' });
  profile.motto = 'upwards';
  await em.flush();
  expect((await app.look()).profile).toMatchObject({ motto: 'upwards' });
  await em.remove(profile).flush();
  expect((await app.look()).profile).toBeNull();
});

test('a change two relations away is seen at once', async () => {
  const em = app.orm.em.fork();
  expect((await app.look()).company).toMatchObject({ country: { name: 'Norway' } });
  (await em.findOneOrFail(Country, { name: 'Norway' })).name = 'Norge';
  await em.flush();
  expect((await app.look()).company).toMatchObject({ country: { name: 'Norge' } });
});
