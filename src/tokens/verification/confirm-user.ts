import type { CredentialsDigest } from '../../database/token-store.ts';
import type { ActiveUser } from '../active-user.ts';
import type { Operation } from '../under-way.ts';

/** A user that was verified, by `verifyCredentials` or by the app's own procedure. */
export interface VerifiedUser {
  readonly user: object;
  readonly userId: unknown;
  readonly clientName: string;
  /** What the user was verified for. It began before that, or with the call of `durin.signIn`. */
  readonly operation: Pick<Operation, 'isOvertakenFor'>;
  /** Returns what the user's credentials must still be when something is stored; `null`: they have changed already. */
  readonly readCredentials: (() => Promise<CredentialsDigest | null>) | null;
}

/** Whether a verified user may sign in, and the values that the credentials must still have. Absent: any. */
export type Confirmation =
  | { readonly isConfirmed: false }
  | { readonly isConfirmed: true; readonly credentials?: CredentialsDigest };

/** Confirms that a verified user is active, and that neither the credentials changed nor the user's sessions ended meanwhile. */
export type ConfirmUser = (verified: VerifiedUser) => Promise<Confirmation>;

export function createConfirmUser({ isActiveAsGiven }: Pick<ActiveUser, 'isActiveAsGiven'>): ConfirmUser {
  return async function confirmUser({ user, userId, clientName, operation, readCredentials }) {
    if (!(await isActiveAsGiven(userId, user))) return { isConfirmed: false };
    const credentials = readCredentials && (await readCredentials());
    const hasChanged = readCredentials !== null && credentials === null;
    if (hasChanged || operation.isOvertakenFor(userId, clientName)) return { isConfirmed: false };
    return { isConfirmed: true, ...(credentials !== null && { credentials }) };
  };
}
