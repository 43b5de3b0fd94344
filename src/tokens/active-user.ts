import type { TokenStore } from '../database/token-store.ts';
import { runSyncCallback } from './app-callback.ts';

/** Judges whether users are active: by the app's `isUserActive`, or by the user's `isActive`. */
export interface ActiveUser {
  /**
   * Judges the user row that a session's look-up read.
   * @throws TRPCError what `isUserActive` threw, or INTERNAL_SERVER_ERROR, also if it returned a Promise
   */
  isActive(userRow: object): boolean;
  /** Judges a user that the app passed in. Reads the row where the entity may lack what the rule looks at. */
  isActiveAsGiven(userId: unknown, user: object, findUserRow?: TokenStore['findUserRow']): Promise<boolean>;
  /** Reads the row and judges it. A deleted user is not active. */
  isActiveNow(userId: unknown): Promise<boolean>;
}

export interface ActiveUserDeps {
  readonly store: Pick<TokenStore, 'findUserRow'>;
  /** The option `isUserActive`; `null`: a user is active unless its `isActive` is false. */
  readonly isUserActive: ((user: object) => unknown) | null;
  /** Whether the user entity has an `isActive`. */
  readonly hasFlag: boolean;
}

export function createActiveUser({ store, isUserActive, hasFlag }: ActiveUserDeps): ActiveUser {
  function isActive(userRow: object): boolean {
    if (isUserActive === null) return (userRow as { isActive?: unknown }).isActive !== false;
    return Boolean(runSyncCallback('isUserActive', () => isUserActive(userRow)));
  }

  async function isActiveNow(userId: unknown, findUserRow = store.findUserRow): Promise<boolean> {
    if (isUserActive === null && !hasFlag) return true;
    const userRow = await findUserRow(userId);
    return userRow !== null && isActive(userRow);
  }

  return {
    isActive,
    isActiveNow: (userId) => isActiveNow(userId),
    async isActiveAsGiven(userId, user, findUserRow) {
      const isComplete = isUserActive === null && 'isActive' in user && user.isActive !== undefined;
      return isComplete ? isActive(user) : isActiveNow(userId, findUserRow);
    },
  };
}
