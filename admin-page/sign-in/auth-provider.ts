import type { AuthProvider } from 'react-admin';
import { auth, trpc } from '../connection.ts';
import { dataOf } from '../data/call-error.ts';

/** Who signed in is no admin. */
export class NotAdminError extends Error {
  override readonly name = 'NotAdminError';
}

/** Sends to the sign-in page, which says why: react-admin is to say nothing. */
function silently(): Error {
  return Object.assign(new Error(), { message: false as never });
}

/** react-admin's view of the SDK's session. */
export const authProvider: AuthProvider = {
  async login(fields: Record<string, unknown>) {
    await auth.login(fields);
    try {
      await trpc.admin.whoami.query();
    } catch (error) {
      await auth.logout().catch(() => undefined);
      if (dataOf(error)?.durin?.code !== 'NOT_ADMIN') throw error;
      throw new NotAdminError('This account may not use the admin page. You were signed out again.');
    }
  },

  async logout() {
    if (auth.getSnapshot().status === 'signed-in') await auth.logout();
    return '/login';
  },

  async checkAuth() {
    await auth.ready;
    if (auth.getSnapshot().status === 'signed-out') throw silently();
  },

  /** Refusals that end the stay: the SDK has noticed a dead session by itself. */
  async checkError(error: { readonly status?: number }) {
    if (auth.getSnapshot().status === 'signed-out') throw silently();
    if (error.status === 403) throw new Error('You are no longer an admin, and were signed out.');
  },

  async getIdentity() {
    const { id, label } = await trpc.admin.whoami.query();
    return { id, fullName: label };
  },

  getPermissions: () => Promise.resolve(null),
};
