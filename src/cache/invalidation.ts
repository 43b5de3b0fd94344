import type { TokenIdentity } from '../database/token-store.ts';
import type { ChangeListener } from './changes/changes.ts';
import type { ProcessPeers } from './changes/process-peers.ts';
import { clientScope, type Scope, type SessionCache, tokenScope, userScope } from './session-cache.ts';

export interface InvalidationDeps {
  /** `null`: this durin caches nothing. */
  readonly cache: Pick<SessionCache, 'invalidate'> | null;
  /**
   * The other durins of this process, which may cache the same sessions. They learn of a change as early as this durin does,
   * and again with the fence that it wrote to a shared store.
   */
  readonly peers: Pick<ProcessPeers, 'announce'>;
  /** Whether the cache has a store that other processes use, which takes time to drop a session. */
  readonly isCacheShared: boolean;
  /** Learns of each change before its cached sessions are dropped, which a slow store may delay. */
  readonly changes: Pick<ChangeListener, 'changed'>;
  /** Runs work once the current transaction is committed, or may be. Outside of a transaction it waits for the work. */
  readonly afterCommit: (work: () => Promise<void>) => Promise<void>;
}

/**
 * Which change makes which cached sessions stale. Each method drops them once the change is committed, and
 * announces it. This is the only place that invalidates the cache.
 */
export interface Invalidation {
  /** The token was renewed, edited or deleted. */
  tokenChanged(selector: string): Promise<void>;
  /** A use was stored that extends the token. */
  tokenUsed(selector: string): Promise<void>;
  /** These tokens were revoked or replaced, or have expired. */
  tokensEnded(tokens: readonly Pick<TokenIdentity, 'selector'>[]): Promise<void>;
  /** The user was edited, deactivated or deleted, or many of its tokens ended. */
  userChanged(userId: unknown): Promise<void>;
  /** Something else that the user's sessions show may have changed, or somebody else changed the user. */
  userForgotten(userId: unknown): Promise<void>;
  /** The client was edited or deleted. */
  clientChanged(clientId: number): Promise<void>;
  /** Anything else that sessions consist of has changed, or it is not known which token, user or client has. */
  everythingChanged(): Promise<void>;
}

export function createInvalidation(deps: InvalidationDeps): Invalidation {
  const { cache, isCacheShared, peers, changes, afterCommit } = deps;

  async function invalidateOne(scope: Scope, isWritten: boolean): Promise<void> {
    peers.announce(scope, null);
    const fence = cache === null ? null : await cache.invalidate(scope, isWritten);
    if (!isCacheShared) return;
    changes.changed(scope); // until now a call could find the session as it was
    peers.announce(scope, fence);
  }

  async function invalidate(scopes: readonly Scope[], isWritten: boolean): Promise<void> {
    if (scopes.length === 0) return;
    await afterCommit(async () => {
      changes.changed(...scopes);
      await Promise.all(scopes.map((scope) => invalidateOne(scope, isWritten)));
    });
  }

  const written = (...scopes: readonly Scope[]) => invalidate(scopes, true);
  const unwritten = (...scopes: readonly Scope[]) => invalidate(scopes, false);

  return {
    tokenChanged: (selector) => written(tokenScope(selector)),
    tokenUsed: (selector) => unwritten(tokenScope(selector)),
    tokensEnded: (tokens) => written(...tokens.map(({ selector }) => tokenScope(selector))),
    userChanged: (userId) => written(userScope(userId)),
    userForgotten: (userId) => unwritten(userScope(userId)),
    clientChanged: (clientId) => written(clientScope(clientId)),
    everythingChanged: () => unwritten('all'),
  };
}
