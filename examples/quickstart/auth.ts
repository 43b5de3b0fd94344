import type { MikroORM } from '@mikro-orm/core';
import { createDurin } from 'trpc-durin';
import { verifyPassword } from 'trpc-durin/password';
import { postgresBus } from 'trpc-durin/postgres';
import { AuthToken, Client, User } from './entities.ts';

export type Auth = ReturnType<typeof createAuth>;

/**
 * Creates durin with four clients: the web page, a command-line program, API keys and the admin page. A user may be signed
 * in to the web page on five devices, to `cli` and `admin` once, and have ten API keys, which only the web page creates.
 */
export function createAuth(orm: MikroORM, secret: string) {
  return createDurin({
    orm,
    entities: { User, Client, AuthToken },
    secret,
    scopes: ['reports:read', 'reports:write'],
    clients: {
      web: { tokenTtl: '14d', throttleRate: '1000/h', maxSessions: 5, idleTtl: '3d', maxLifetime: '90d' },
      cli: { tokenTtl: null, scopes: ['reports:read'] },
      api: {
        tokenTtl: '90d',
        throttleRate: '100/m',
        keys: { max: 10, maxTtl: '365d', fresh: '10m', createFrom: ['web'] },
      },
      admin: { tokenTtl: '8h' },
    },
    cache: { ttl: '60s', bus: postgresBus() }, // PostgreSQL ends the sessions that are kept in memory
    serializeUser: ({ id, username }) => ({ id, username }),
    verifyCredentials: async ({ input, em }) => {
      const user = await em.findOne(User, { username: input.username });
      return (await verifyPassword(user?.passwordHash, input.password)) ? user : null;
    },
  });
}
