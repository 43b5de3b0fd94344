import { clientScope, type Scope, type SessionCache, tokenScope, userScope } from './cache/session-cache.ts';
import type { ChangeListener } from './database/change-listener.ts';
import type { TokenStore } from './database/token-store.ts';
import type { TokenRevoker } from './token-revoker.ts';

export interface FollowChangesParts {
  readonly store: Pick<TokenStore, 'findAccount'>;
  readonly revoker: Pick<TokenRevoker, 'endAllOfInactive'>;
  /** `null`: nothing is cached. */
  readonly cache: Pick<SessionCache, 'forget'> | null;
  /** Runs once what was written is committed, and waits for it then. */
  readonly afterCommit: (work: () => Promise<void>) => Promise<void>;
  readonly isUserActive: (user: object) => boolean;
  /** Whether the app judges users by a rule of its own, which then gets what a session's look-up reads. */
  readonly hasOwnActiveRule: boolean;
}

/** What follows from changes that the app makes to users, clients and tokens: caches forget, deactivated users' sessions end. */
export function createFollowChanges(parts: FollowChangesParts): ChangeListener {
  const { store, revoker, cache, afterCommit, isUserActive, hasOwnActiveRule } = parts;

  async function forget(scope: Scope): Promise<void> {
    if (cache !== null) await afterCommit(() => cache.forget(scope));
  }

  return {
    async userChanged(userId, user) {
      const account = user !== null && hasOwnActiveRule ? await store.findAccount(userId) : user;
      if (account !== null && !isUserActive(account)) await revoker.endAllOfInactive(userId);
      await forget(userScope(userId));
    },
    clientChanged: (clientId) => forget(clientScope(clientId)),
    tokenChanged: (selector) => forget(selector === null ? 'all' : tokenScope(selector)),
    relatedChanged: () => forget('all'),
  };
}
