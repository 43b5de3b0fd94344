import type { Database } from '../database/database.ts';
import type { KnownToken, TokenFilter, TokenIdentity, TokenStore } from '../database/token-store.ts';
import type { EventSink, RevocationReason } from '../events.ts';
import { toTokenEvent } from './token-event.ts';
import type { UnderWay } from './under-way.ts';

/** Ends tokens before they expire, and emits each end. */
export interface TokenRevoker {
  /** `null`: there is no such token. */
  revoke(token: KnownToken, reason: RevocationReason): Promise<TokenIdentity | null>;
  /** The same for the token with this selector. */
  revokeBySelector(selector: string, reason: RevocationReason): Promise<TokenIdentity | null>;
  /** Revokes a token only if it belongs to this user and has not expired. */
  revokeOf(userId: unknown, id: string, filter: TokenFilter): Promise<TokenIdentity | null>;
  /** Outlasts what is under way: sign-ins that began earlier fail, and tokens that are being issued end. */
  revokeAllOf(userId: unknown, filter: TokenFilter, reason: RevocationReason): Promise<TokenIdentity[]>;
  /** Ends the sessions of a user whose credentials changed. Sign-ins under way compare the credentials themselves. */
  endAllOfChanged(userId: unknown): Promise<TokenIdentity[]>;
  /** Ends the sessions of a deactivated user. They stay ended when the user is activated again. */
  endAllOfInactive(userId: unknown): Promise<TokenIdentity[]>;
  /** Overtakes what is under way here when another durin ended the user's tokens. */
  overtake(userId: unknown, reason: RevocationReason): Promise<void>;
  /** Emits the end of tokens whose rows are gone already. */
  emitRevoked(ended: readonly TokenIdentity[], reason: RevocationReason): void;
}

export interface TokenRevokerDeps {
  readonly store: Pick<TokenStore, 'delete' | 'deleteBySelector' | 'deleteOf' | 'deleteAllOf' | 'expireAllOf'>;
  readonly database: Pick<Database, 'afterCommit' | 'snapshotTransactionId'>;
  readonly events: EventSink;
  readonly signInsUnderWay: Pick<UnderWay, 'overtake'>;
  readonly issuesUnderWay: Pick<UnderWay, 'overtake'>;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

export function createTokenRevoker(deps: TokenRevokerDeps): TokenRevoker {
  const { store, database, events, signInsUnderWay, issuesUnderWay, now } = deps;

  function emitRevoked(ended: readonly TokenIdentity[], reason: RevocationReason): void {
    for (const token of ended) events.emit('tokenRevoked', { ...toTokenEvent(token), reason });
  }

  function emitOne(ended: TokenIdentity | null, reason: RevocationReason): TokenIdentity | null {
    if (ended !== null) emitRevoked([ended], reason);
    return ended;
  }

  /**
   * Overtakes what is under way now. In the app's transaction, does so again when the end becomes true: before the commit is
   * sent, because a login that waits for it may be answered first, and after it.
   */
  async function overtake(
    userId: unknown,
    reason: RevocationReason,
    { exceptClients = [] }: TokenFilter = {},
  ): Promise<void> {
    const comparesItself = reason === 'credentials-changed';
    const kinds = comparesItself ? [issuesUnderWay] : [signInsUnderWay, issuesUnderWay];
    const overtakeAll = () => {
      for (const kind of kinds) kind.overtake(userId, exceptClients);
    };
    overtakeAll();
    await database.afterCommit(overtakeAll, { onUnknownOutcome: true, beforeCommit: overtakeAll });
  }

  async function endAll(
    end: (filter: TokenFilter) => Promise<TokenIdentity[]>,
    filter: TokenFilter,
    reason: RevocationReason,
  ): Promise<TokenIdentity[]> {
    const endAndEmit = async (which: TokenFilter) => {
      const ended = await end(which);
      emitRevoked(ended, reason);
      return ended;
    };
    const ended = await endAndEmit(filter);
    await endUnseenAfterCommit(endAndEmit, filter);
    return ended;
  }

  /**
   * A transaction of the app above `read committed` does not see tokens that others stored after it began, so these end
   * once it is committed. If that fails, an outage follows the commit, and the commit must not seem to have failed.
   */
  async function endUnseenAfterCommit(end: (filter: TokenFilter) => Promise<unknown>, filter: TokenFilter) {
    const exceptTransaction = await database.snapshotTransactionId();
    if (exceptTransaction === null) return;
    const unseen = { ...filter, exceptTransaction, createdUntil: now() };
    await database.afterCommit(() => end(unseen).catch(() => undefined));
  }

  return {
    revoke: async (token, reason) => emitOne(await store.delete(token, reason), reason),
    revokeBySelector: async (selector, reason) => emitOne(await store.deleteBySelector(selector, reason), reason),
    revokeOf: async (userId, id, filter) => emitOne(await store.deleteOf(userId, id, filter, now()), 'revoked'),
    async revokeAllOf(userId, filter, reason) {
      await overtake(userId, reason, filter);
      return endAll((which) => store.deleteAllOf(userId, which, reason), filter, reason);
    },
    async endAllOfChanged(userId) {
      await overtake(userId, 'credentials-changed');
      return endAll((which) => store.deleteAllOf(userId, which, 'credentials-changed'), {}, 'credentials-changed');
    },
    async endAllOfInactive(userId) {
      await overtake(userId, 'user-inactive');
      return endAll((which) => store.expireAllOf(userId, which, now()), {}, 'user-inactive');
    },
    overtake: (userId, reason) => overtake(userId, reason),
    emitRevoked,
  };
}
