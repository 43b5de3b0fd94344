import type { AuthProvider } from 'react-admin';
import { auth, trpc } from '../connection.ts';
import { dataOf } from '../data/call-error.ts';

/** Who signed in is no admin. */
export class NotAdminError extends Error {
  override readonly name = 'NotAdminError';
}

/** No notification: the sign-in page says why. */
const silently = { message: false } as const;

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
    // oxlint-disable-next-line typescript/only-throw-error -- react-admin's way to say "without a notification"
    if (auth.getSnapshot().status === 'signed-out') throw silently;
  },

  /** Refusals that end the stay: the SDK has noticed a dead session by itself. */
  async checkError(error: { readonly status?: number }) {
    // oxlint-disable-next-line typescript/only-throw-error -- as above
    if (auth.getSnapshot().status === 'signed-out') throw silently;
    if (error.status === 403) throw new Error('You are no longer an admin, and were signed out.');
  },

  async getIdentity() {
    const { id, label } = await trpc.admin.whoami.query();
    return { id, fullName: label };
  },

  getPermissions: () => Promise.resolve(null),
};
