import type { AuthProvider } from 'react-admin';
import { auth, trpc } from '../connection.ts';
import { hasLostRole } from '../data/admin-role.ts';
import { isNotAdmin } from '../data/call-error.ts';

/** The signed-in user is not an admin. */
export class NotAdminError extends Error {
  override readonly name = 'NotAdminError';
}

/** Makes react-admin open the sign-in page without a notification. The sign-in page shows the reason. */
function signedOutError(): Error {
  return Object.assign(new Error(), { message: false as never });
}

/**
 * Connects react-admin to the SDK's session. It has no `getPermissions`: with one that resolves immediately, react-admin
 * redirects to the sign-in page repeatedly, for seconds.
 */
export const authProvider: AuthProvider = {
  async login(fields: Record<string, unknown>) {
    await auth.login(fields);
    try {
      await trpc.admin.whoami.query();
    } catch (error) {
      await auth.logout().catch(() => undefined);
      if (!isNotAdmin(error)) throw error;
      throw new NotAdminError('This account is not an admin, so you were signed out.');
    }
  },

  async logout() {
    if (auth.getSnapshot().status === 'signed-in') await auth.logout();
    return '/login';
  },

  async checkAuth() {
    await auth.ready;
    if (auth.getSnapshot().status === 'signed-out') throw signedOutError();
  },

  /**
   * Signs out, by rejecting, after errors that end the session. The SDK has already cleared a session that is no longer valid.
   * An admin who may only read is refused changes, and stays signed in.
   */
  async checkError(error: unknown) {
    if (auth.getSnapshot().status === 'signed-out') throw signedOutError();
    if (await hasLostRole(error)) throw new Error('You are no longer an admin, so you were signed out.');
  },

  async getIdentity() {
    const { id, label } = await trpc.admin.whoami.query();
    return { id, fullName: label };
  },
};
