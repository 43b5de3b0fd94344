import { MikroORM } from '@mikro-orm/pglite';
import { createDurin } from 'trpc-durin';
import { verifyPassword } from 'trpc-durin/password';
import { AuthToken, Client, Team, User } from './entities.ts';

export const orm = await MikroORM.init({ dbName: 'memory://', entities: [User, Team, Client, AuthToken] });

export const durin = createDurin({
  orm,
  entities: { User, Client, AuthToken },
  secret: 'a secret that is long enough for a test',
  clients: { web: { tokenTtl: '14d' }, cli: { tokenTtl: null } },
  populate: ['user.team'],
  serializeUser: ({ id, username }) => ({ id, username }),
  verifyCredentials: async ({ input, em }) => {
    const user = await em.findOne(User, { username: input.username });
    return (await verifyPassword(user?.passwordHash, input.password)) ? user : null;
  },
});

// Everything that an app exports must have a type that its own declarations can name.
export const { durinRouter, authedProcedure, clientProcedure, optionalProcedure, throttledProcedure } = durin;
export const webProcedure = clientProcedure(['web']);
export const searchProcedure = throttledProcedure({ scope: 'search', rate: '10/m' });
export const { tokens, clients, events, authenticate, createContext, responseMeta } = durin;
export const currentUser = async (request: Request) => (await authenticate(request)).user;
