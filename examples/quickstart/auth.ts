import type { MikroORM } from '@mikro-orm/core';
import { createDurin } from 'trpc-durin';
import { verifyPassword } from 'trpc-durin/password';
import { postgresBus } from 'trpc-durin/postgres';
import { AuthToken, Client, User } from './entities.ts';

export type Auth = ReturnType<typeof createAuth>;

/**
 * Creates durin with four clients: the web page, a command-line program, API keys and the admin page. A user may be signed
 * in to the web page on five devices, and to each of the others once.
 */
export function createAuth(orm: MikroORM, secret: string) {
  return createDurin({
    orm,
    entities: { User, Client, AuthToken },
    secret,
    clients: {
      web: { tokenTtl: '14d', throttleRate: '1000/h', maxSessions: 5, idleTtl: '3d', maxLifetime: '90d' },
      cli: { tokenTtl: null },
      api: { tokenTtl: '365d', throttleRate: '100/m' },
      admin: { tokenTtl: '8h' },
    },
    cache: { ttl: '60s', bus: postgresBus() }, // PostgreSQL ends the sessions that are kept in memory
    apiAccess: { clientName: 'api', fresh: '10m' },
    serializeUser: ({ id, username }) => ({ id, username }),
    verifyCredentials: async ({ input, em }) => {
      const user = await em.findOne(User, { username: input.username });
      return (await verifyPassword(user?.passwordHash, input.password)) ? user : null;
    },
  });
}
