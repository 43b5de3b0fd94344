import { defineEntity, EntitySchema, type InferEntity, p } from '@mikro-orm/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDurin, defineDurinEntities } from '../../../src/index.ts';
import { secret } from '../../support/app.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';

const Country = defineEntity({
  name: 'Country',
  properties: { id: p.integer().primary(), name: p.string(), founded: p.date().nullable() },
});
const Company = defineEntity({
  name: 'Company',
  properties: {
    id: p.integer().primary(),
    name: p.string(),
    secretPlan: p.string().hidden(),
    country: () => p.manyToOne(Country),
  },
});
const Address = defineEntity({
  name: 'Address',
  embeddable: true,
  properties: { city: p.string(), since: p.datetime(), note: p.string().hidden().nullable() },
});
const Badge = defineEntity({ name: 'Badge', embeddable: true, properties: { title: p.string(), given: p.datetime() } });
const User = defineEntity({
  name: 'User',
  tableName: 'person',
  properties: {
    id: p.integer().primary(),
    username: p.string().fieldName('login_name'),
    passwordHash: p.string().hidden(),
    biography: p.text().lazy(),
    born: p.datetime(),
    balance: p.bigint(),
    tags: p.array(),
    preferences: p.json<{ theme: string }>(),
    address: () => p.embedded(Address),
    badges: () => p.embedded(Badge).array(),
    company: () => p.manyToOne(Company).nullable(),
    deputy: () => p.manyToOne(User).nullable(),
    profile: () => p.oneToOne(Profile).mappedBy('user').nullable(),
    loud: p.string().persist(false).nullable(),
  },
});
const Profile = defineEntity({
  name: 'Profile',
  properties: { id: p.integer().primary(), motto: p.string(), user: () => p.oneToOne(User).owner() },
});
class ClientSettings {
  declare id: number;
  declare theme: string;
  declare client: InferEntity<typeof Client>;
}
const { Client, AuthToken } = defineDurinEntities({
  user: () => User,
  client: { settings: { entity: () => ClientSettings, mappedBy: 'client' } },
});
const ClientSettingsSchema = new EntitySchema({
  class: ClientSettings,
  properties: {
    id: { type: 'integer', primary: true },
    theme: { type: 'string' },
    client: { kind: '1:1', entity: () => Client, owner: true },
  },
});

const born = new Date('1990-05-06T07:08:09.123Z');
const since = new Date('2020-01-02T03:04:05.678Z');

async function open() {
  const orm = await openDatabase({
    entities: [User, Company, Country, Profile, Address, Badge, Client, AuthToken, ClientSettingsSchema],
  });
  const em = orm.em.fork();
  const country = em.create(Country, { name: 'Norway', founded: '1905-06-07' });
  const company = em.create(Company, { name: 'Acme', secretPlan: 'world domination', country });
  const own = {
    passwordHash: 'hash',
    biography: 'long',
    born,
    balance: 9_007_199_254_740_993n,
    tags: ['a', 'b'],
    preferences: { theme: 'dark' },
  };
  const address = { city: 'Oslo', since, note: 'private' };
  const badges = [{ title: 'first', given: since }];
  const bob = em.create(User, { username: 'bob', ...own, address, badges });
  const alice = em.create(User, { username: 'alice', ...own, address, badges, company, deputy: bob });
  em.create(Profile, { motto: 'onwards', user: alice });
  const client = em.create(Client, { name: 'web', throttleRate: null });
  em.create(ClientSettings, { theme: 'blue', client });
  await em.flush();
  return { orm, alice, bob };
}

let database: Awaited<ReturnType<typeof open>>;
beforeAll(async () => {
  database = await open();
});
afterAll(() => closeDatabase(database.orm));

function required() {
  return { orm: database.orm, entities: { User, Client, AuthToken }, secret, verifyCredentials: () => null };
}

const columns = {
  username: 'alice',
  born,
  balance: 9_007_199_254_740_993n,
  tags: ['a', 'b'],
  preferences: { theme: 'dark' },
  address: { city: 'Oslo', since },
  badges: [{ title: 'first', given: since }],
};

describe('populate', () => {
  test("reads the user's visible, stored columns as MikroORM does", async () => {
    const durin = createDurin(required());
    const { token } = await durin.tokens.issue({ user: database.alice, client: 'web' });
    const { user } = await durin.authenticate(token);
    expect(user).toEqual({ id: database.alice.id, ...columns, company: 1, deputy: database.bob.id });
    expect(Object.isFrozen(user)).toBe(true);
  });

  test('joins owned and inverse to-one relations of user and client', async () => {
    const durin = createDurin({
      ...required(),
      populate: ['user.company.country', 'user.deputy', 'user.profile', 'client.settings'],
    });
    const { token } = await durin.tokens.issue({ user: database.alice, client: 'web' });
    const { user, client } = await durin.authenticate(token);
    const { company, deputy, profile } = user;
    expect(company).toEqual({ id: 1, name: 'Acme', country: { id: 1, name: 'Norway', founded: '1905-06-07' } });
    expect(deputy).toEqual({ id: database.bob.id, ...columns, username: 'bob', company: null, deputy: null });
    expect(profile).toEqual({ id: 1, motto: 'onwards', user: database.alice.id });
    expect(client).toMatchObject({ name: 'web', tokenTtl: 86_400, settings: { theme: 'blue' } });
  });

  test('reads null for a relation that is not set', async () => {
    const durin = createDurin({ ...required(), populate: ['user.company', 'user.profile'] });
    const { token } = await durin.tokens.issue({ user: database.bob, client: 'web' });
    expect((await durin.authenticate(token)).user).toMatchObject({ company: null, profile: null });
  });

  test.each([false, ['client']] as const)('%j reduces the user to its key', async (populate) => {
    const durin = createDurin({ ...required(), populate });
    const { token } = await durin.tokens.issue({ user: database.alice, client: 'web' });
    expect((await durin.authenticate(token)).user).toEqual({ id: database.alice.id });
  });

  test.each(['user.nonsense', 'user.username', 'user.tags', 'nonsense', 'user.company.nonsense', 'user.address'])(
    'rejects %j, which is not a to-one relation',
    (path) => {
      expect(() => createDurin({ ...required(), populate: [path as 'user'] })).toThrow(
        `populate: '${path}' must lead through to-one relations only`,
      );
    },
  );
});
