import { randomBytes } from 'node:crypto';
import { createDurin } from 'trpc-durin';
import { createDurinAdmin } from 'trpc-durin/admin';
import { verifyPassword } from 'trpc-durin/password';
import { openDatabase } from './database.ts';
import { AuthToken, Client, User } from './entities.ts';

export const durin = createDurin({
  orm: await openDatabase(),
  entities: { User, Client, AuthToken },
  secret: process.env['DURIN_SECRET'] ?? randomBytes(32).toString('base64url'), // the sessions end with the process too
  clients: {
    web: { tokenTtl: '14d', maxSessions: 5, transport: 'cookie' }, // of pages: no script can read the token
    cli: { tokenTtl: '14d' }, // of programs, which send the token in a header
    admin: { tokenTtl: '8h' },
  },
  serializeUser: ({ id, username }) => ({ id, username }),
  verifyCredentials: async ({ input, em }) => {
    const user = await em.findOne(User, { username: input.username });
    return (await verifyPassword(user?.passwordHash, input.password)) ? user : null;
  },
});
await durin.clients.sync();

export const admin = createDurinAdmin(durin, { isAdmin: ({ user }) => user.isAdmin });
