import { createDurinAdmin } from 'trpc-durin/admin';
import type { Auth } from './auth.ts';

/** The admin router and the admin page, for the users that have `isAdmin` set. */
export function createAdmin(auth: Auth) {
  return createDurinAdmin(auth, { isAdmin: ({ user }) => user.isAdmin });
}
