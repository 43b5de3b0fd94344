import { randomBytes } from 'node:crypto';
import { defineDurinEntities } from '../database/entities.ts';
import { defineTestUser, type TestUser } from '../database/pglite/memory-database.ts';
import type { OpenOrm } from '../database/schema.ts';
import { createDurin } from '../durin.ts';

export type SampleEntities = ReturnType<typeof defineSampleEntities>;
export type SampleDurin = ReturnType<typeof createSampleDurin>;

/** The entities of a test that brings no app. */
export function defineSampleEntities() {
  const User = defineTestUser();
  return { User, ...defineDurinEntities<TestUser>({ user: () => User }) };
}

/** The durin of a test that brings no app. Its secret is its own. */
export function createSampleDurin(orm: OpenOrm, { User, Client, AuthToken }: SampleEntities) {
  return createDurin({
    orm,
    entities: { User, Client, AuthToken },
    secret: randomBytes(32).toString('hex'),
    clients: { web: {}, cli: { tokenTtl: null } },
    verifyCredentials: async ({ input, em }) => {
      const user = await em.findOne(User, { username: input.username }, { populate: ['password'] });
      return user?.password === input.password ? user : null;
    },
  });
}
