import { defineEntity, p } from '@mikro-orm/core';
import { expect, test } from 'vitest';
import { createDurin, defineDurinEntities } from '../../../src/index.ts';
import { secret } from '../../support/app.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';

const Person = defineEntity({ name: 'Person', properties: { id: p.integer().primary(), name: p.string() } });

test('createDurin rejects a user whose key is a relation', async () => {
  const Member = defineEntity({ name: 'Member', properties: { person: () => p.oneToOne(Person).primary() } });
  const { Client, AuthToken } = defineDurinEntities({ user: () => Member });
  const orm = await openDatabase({ entities: [Person, Member, Client, AuthToken] });
  expect(() =>
    createDurin({ orm, entities: { User: Member, Client, AuthToken }, secret, verifyCredentials: () => null }),
  ).toThrow('entities.User must have a primary key of its own, and Member.person is a relation');
  await closeDatabase(orm);
});

test('populate joins an entity whose key is a relation', async () => {
  const Profile = defineEntity({
    name: 'Profile',
    properties: { person: () => p.oneToOne(Person).primary(), theme: p.string() },
  });
  const Owner = defineEntity({
    name: 'Owner',
    properties: { id: p.integer().primary(), profile: () => p.manyToOne(Profile).nullable() },
  });
  const { Client, AuthToken } = defineDurinEntities({ user: () => Owner });
  const orm = await openDatabase({ entities: [Person, Profile, Owner, Client, AuthToken] });
  const durin = createDurin({
    orm,
    entities: { User: Owner, Client, AuthToken },
    secret,
    populate: ['user.profile'],
    verifyCredentials: () => null,
  });
  const em = orm.em.fork();
  const person = em.create(Person, { name: 'Ada' });
  const owner = em.create(Owner, { profile: em.create(Profile, { person, theme: 'dark' }) });
  await em.flush();
  await durin.clients.create({ name: 'web' });
  const { auth } = await durin.tokens.issue({ user: owner.id, client: 'web' });
  expect(auth.user).toEqual({ id: owner.id, profile: { person: person.id, theme: 'dark' } });
  await closeDatabase(orm);
});
