import type { Database } from '../database.ts';
import type { Schema } from '../schema.ts';

/**
 * Locks the user's row, and then runs work in the same transaction: the work sees every token that was being issued to the
 * user, and none is issued until it commits. The lock is a statement of its own, because a statement that waits for a lock
 * still reads what was committed before it began.
 */
export type LockUser = <T>(userId: unknown, work: (key: unknown) => Promise<T>) => Promise<T>;

export function createLockUser(database: Database, { usersAsU, userKeyColumn, toUserKey }: Schema): LockUser {
  // Conflicts with the same lock of an issue and of a key's first use, and not with rows of the app that refer to the user.
  const sql = `select 1 from ${usersAsU} where u.${userKeyColumn} = ? for no key update`;
  return async function lockUser(userId, work) {
    const key = toUserKey(userId);
    return database.atomically(async () => {
      await database.run(sql, [key]);
      return work(key);
    });
  };
}
