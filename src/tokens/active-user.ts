import { TRPCError } from '@trpc/server';
import type { TokenStore } from '../database/token-store.ts';
import { internalError } from '../errors.ts';

/** Whether users are active, by the app's own rule or by their `isActive`. */
export interface UserActivity {
  /**
   * Judges what a session's look-up read.
   * @throws TRPCError what the app's rule threw as such; what else it threw is its cause
   */
  isActive(userRow: object): boolean;
  /** Judges a user as the app has it, which may lack what the rule looks at: that is read then. */
  isActiveAsGiven(userId: unknown, user: object): Promise<boolean>;
  /** Judges what the database says now. A user that is gone is not active. */
  isActiveNow(userId: unknown): Promise<boolean>;
}

export interface UserActivityDeps {
  readonly store: Pick<TokenStore, 'findUserRow'>;
  /** `null`: a user is active unless its `isActive` is false. */
  readonly ownRule: ((userRow: object) => boolean) | null;
  /** Whether the user entity has the property `isActive`. */
  readonly hasFlag: boolean;
}

export function createUserActivity({ store, ownRule, hasFlag }: UserActivityDeps): UserActivity {
  function isActive(userRow: object): boolean {
    if (ownRule === null) return (userRow as { isActive?: unknown }).isActive !== false;
    try {
      return ownRule(userRow);
    } catch (cause) {
      throw cause instanceof TRPCError ? cause : internalError(cause);
    }
  }

  async function isActiveNow(userId: unknown): Promise<boolean> {
    if (ownRule === null && !hasFlag) return true;
    const userRow = await store.findUserRow(userId);
    return userRow !== null && isActive(userRow);
  }

  return {
    isActive,
    isActiveNow,
    async isActiveAsGiven(userId, user) {
      const isComplete = ownRule === null && 'isActive' in user && user.isActive !== undefined;
      return isComplete ? isActive(user) : isActiveNow(userId);
    },
  };
}
