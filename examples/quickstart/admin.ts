import { createDurinAdmin } from 'trpc-durin/admin';
import type { Auth } from './auth.ts';

/** The admin router, and the web page over it, for users whom the app calls admins. */
export function createAdmin(auth: Auth) {
  return createDurinAdmin(auth, { isAdmin: ({ user }) => user.isAdmin });
}
