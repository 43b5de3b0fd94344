import type { KnownToken, TokenFilter, TokenIdentity, TokenStore } from '../database/token-store.ts';
import type { EventSink, RevocationReason } from '../events.ts';
import { toTokenEvent } from './token-event.ts';

/** Ends tokens before their time, and tells of each. */
export interface TokenRevoker {
  /** `null`: there is none. */
  revoke(token: KnownToken, reason: RevocationReason): Promise<TokenIdentity | null>;
  /** The same, if it is this user's and has not expired. */
  revokeOf(userId: unknown, id: string, filter: TokenFilter): Promise<TokenIdentity | null>;
  revokeAllOf(userId: unknown, filter: TokenFilter, reason: RevocationReason): Promise<TokenIdentity[]>;
  /** Ends the sessions of a user who was deactivated, so that they stay ended when the user is active again. */
  endAllOfInactive(userId: unknown): Promise<TokenIdentity[]>;
  /** Tells of rows that are gone with their client. */
  tellRevoked(ended: readonly TokenIdentity[], reason: RevocationReason): void;
}

export interface TokenRevokerDeps {
  readonly store: Pick<TokenStore, 'delete' | 'deleteOf' | 'deleteAllOf' | 'expireAllOf'>;
  readonly events: EventSink;
  readonly now: () => number;
}

export function createTokenRevoker({ store, events, now }: TokenRevokerDeps): TokenRevoker {
  function tellRevoked(ended: readonly (TokenIdentity | null)[], reason: RevocationReason): void {
    for (const token of ended) {
      if (token) events.emit('tokenRevoked', { ...toTokenEvent(token), reason });
    }
  }

  return {
    async revoke(token, reason) {
      const ended = await store.delete(token);
      tellRevoked([ended], reason);
      return ended;
    },
    async revokeOf(userId, id, filter) {
      const ended = await store.deleteOf(userId, id, filter, now());
      tellRevoked([ended], 'revoked');
      return ended;
    },
    async revokeAllOf(userId, filter, reason) {
      const ended = await store.deleteAllOf(userId, filter);
      tellRevoked(ended, reason);
      return ended;
    },
    async endAllOfInactive(userId) {
      const ended = await store.expireAllOf(userId, now());
      tellRevoked(ended, 'user-inactive');
      return ended;
    },
    tellRevoked,
  };
}
