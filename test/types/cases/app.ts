import { defineEntity, type InferEntity, type MikroORM, p } from '@mikro-orm/core';
import { createDurin, defineDurinEntities } from '../../../src/index.ts';

/** The app that most cases are about. None of it runs: it compiles, or it does not. */
export declare const orm: MikroORM;

export const Country = defineEntity({
  name: 'Country',
  properties: { code: p.string().primary(), name: p.string() },
});

export const Organization = defineEntity({
  name: 'Organization',
  properties: {
    id: p.integer().primary(),
    name: p.string(),
    taxNumber: p.string().hidden(),
    country: () => p.manyToOne(Country),
  },
});

export const User = defineEntity({
  name: 'User',
  properties: {
    id: p.integer().primary(),
    username: p.string(),
    passwordHash: p.string().hidden(),
    biography: p.text().lazy().ref().nullable(),
    birthday: p.datetime().nullable(),
    organization: () => p.manyToOne(Organization).nullable(),
    friends: () => p.manyToMany(User),
  },
});

export type User = InferEntity<typeof User>;

export const { Client, AuthToken } = defineDurinEntities({ user: () => User });

export const required = {
  orm,
  entities: { User, Client, AuthToken },
  secret: 'a secret that is long enough for the tests',
  verifyCredentials: async (): Promise<User | null> => null,
};

export const clients = { web: { tokenTtl: '14d', throttleRate: '1000/h' }, cli: { tokenTtl: null } } as const;

/** With client names, and nothing else that is not required. */
export const durin = createDurin({ ...required, clients });

/** Without client names. */
export const namelessDurin = createDurin(required);

/** The name of a client that the guard did not check: one of `clients`, or one that was created at run time. */
export type AnyName = 'web' | 'cli' | (string & {});
