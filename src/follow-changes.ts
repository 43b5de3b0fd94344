import { clientScope, type Scope, type SessionCache, tokenScope, userScope } from './cache/session-cache.ts';
import type { ChangeListener } from './database/change-listener.ts';
import type { TokenRevoker } from './token-revoker.ts';
import type { UserActivity } from './user-activity.ts';

export interface FollowChangesParts {
  readonly revoker: Pick<TokenRevoker, 'endAllOfInactive'>;
  /** `null`: nothing is cached. */
  readonly cache: Pick<SessionCache, 'forget'> | null;
  /** Runs once what was written is committed, and waits for it then. */
  readonly afterCommit: (work: () => Promise<void>) => Promise<void>;
  readonly activity: Pick<UserActivity, 'isActiveAsGiven'>;
}

/** What follows from changes that the app makes to users, clients and tokens: caches forget, deactivated users' sessions end. */
export function createFollowChanges(parts: FollowChangesParts): ChangeListener {
  const { revoker, cache, afterCommit, activity } = parts;

  async function forget(scope: Scope): Promise<void> {
    if (cache !== null) await afterCommit(() => cache.forget(scope));
  }

  return {
    async userChanged(userId, user) {
      const isInactive = user !== null && !(await activity.isActiveAsGiven(userId, user));
      if (isInactive) await revoker.endAllOfInactive(userId);
      await forget(userScope(userId));
    },
    clientChanged: (clientId) => forget(clientScope(clientId)),
    tokenChanged: (selector) => forget(selector === null ? 'all' : tokenScope(selector)),
    relatedChanged: () => forget('all'),
  };
}
