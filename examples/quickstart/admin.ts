import { createDurinAdmin, type DurinAdmin } from 'trpc-durin/admin';
import type { Auth } from './auth.ts';
import { createAppRouter } from './router.ts';

/** The admin router and the admin page, for the users that have `isAdmin` set. The page lists who may call each procedure. */
export function createAdmin(auth: Auth): DurinAdmin {
  const admin: DurinAdmin = createDurinAdmin(auth, {
    isAdmin: ({ user }) => user.isAdmin,
    router: () => createAppRouter(auth, admin),
  });
  return admin;
}
