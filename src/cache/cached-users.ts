import type { Scope } from './session-cache.ts';

/** A user of cached sessions: one object for all of them, so that one mark outdates them all. */
export interface CachedUser {
  readonly scope: Scope;
  /** Whether the user has changed since these sessions were kept. */
  readonly hasChanged: boolean;
}

/** The users of cached sessions, each for as long as one of its sessions is cached. */
export interface CachedUsers {
  /** Counts a session of this user. */
  enter(scope: Scope): CachedUser;
  /** Called once for each session that entered, when it is no longer cached. */
  leave(user: CachedUser): void;
  /** Outdates the sessions that the user has now. */
  change(scope: Scope): void;
  /** The number of users that have a session. */
  readonly size: number;
}

interface CountedUser extends CachedUser {
  hasChanged: boolean;
  sessions: number;
}

export function createCachedUsers(): CachedUsers {
  const users = new Map<Scope, CountedUser>();

  return {
    enter(scope) {
      const known = users.get(scope);
      const user = known ?? { scope, hasChanged: false, sessions: 0 };
      user.sessions += 1;
      if (known === undefined) users.set(scope, user);
      return user;
    },
    leave(user: CountedUser) {
      user.sessions -= 1;
      if (user.sessions === 0 && !user.hasChanged) users.delete(user.scope);
    },
    change(scope) {
      const user = users.get(scope);
      if (user === undefined) return;
      user.hasChanged = true;
      users.delete(scope);
    },
    get size() {
      return users.size;
    },
  };
}
