import { randomBytes } from 'node:crypto';
import type { MikroORM } from '@mikro-orm/core';
import { createDurin } from 'trpc-durin';
import { verifyPassword } from 'trpc-durin/password';
import { AuthToken, Client, User } from './entities.ts';

export type Auth = ReturnType<typeof createAuth>;

/** Creates durin with one client: the pages, whose token is in a cookie that no script can read. */
export function createAuth(orm: MikroORM) {
  return createDurin({
    orm,
    entities: { User, Client, AuthToken },
    secret: process.env.DURIN_SECRET ?? randomBytes(32).toString('base64url'), // the database ends with the process too
    clients: { web: { transport: 'cookie', tokenTtl: '14d', maxSessions: 5 } },
    cache: { ttl: '60s' },
    trustProxy: 1, // next start listens on this machine only, for a proxy that sets X-Forwarded-For
    serializeUser: ({ id, username }) => ({ id, username }),
    verifyCredentials: async ({ input, em }) => {
      const user = await em.findOne(User, { username: input.username });
      return (await verifyPassword(user?.passwordHash, input.password)) ? user : null;
    },
  });
}
