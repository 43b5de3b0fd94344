import type { KnownToken, TokenFilter, TokenIdentity, TokenStore } from '../database/token-store.ts';
import type { EventSink, RevocationReason } from '../events.ts';
import { toTokenEvent } from './token-event.ts';

/** Ends tokens before they expire, and emits each end. */
export interface TokenRevoker {
  /** `null`: there is no such token. */
  revoke(token: KnownToken, reason: RevocationReason): Promise<TokenIdentity | null>;
  /** Revokes a token only if it belongs to this user and has not expired. */
  revokeOf(userId: unknown, id: string, filter: TokenFilter): Promise<TokenIdentity | null>;
  revokeAllOf(userId: unknown, filter: TokenFilter, reason: RevocationReason): Promise<TokenIdentity[]>;
  /** Ends the sessions of a deactivated user. They stay ended when the user is activated again. */
  endAllOfInactive(userId: unknown): Promise<TokenIdentity[]>;
  /** Emits the end of tokens whose rows are gone already. */
  emitRevoked(ended: readonly TokenIdentity[], reason: RevocationReason): void;
}

export interface TokenRevokerDeps {
  readonly store: Pick<TokenStore, 'delete' | 'deleteOf' | 'deleteAllOf' | 'expireAllOf'>;
  readonly events: EventSink;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

export function createTokenRevoker({ store, events, now }: TokenRevokerDeps): TokenRevoker {
  function emitRevoked(ended: readonly TokenIdentity[], reason: RevocationReason): void {
    for (const token of ended) events.emit('tokenRevoked', { ...toTokenEvent(token), reason });
  }

  function emitOne(ended: TokenIdentity | null, reason: RevocationReason): TokenIdentity | null {
    if (ended !== null) emitRevoked([ended], reason);
    return ended;
  }

  function emitAll(ended: TokenIdentity[], reason: RevocationReason): TokenIdentity[] {
    emitRevoked(ended, reason);
    return ended;
  }

  return {
    revoke: async (token, reason) => emitOne(await store.delete(token), reason),
    revokeOf: async (userId, id, filter) => emitOne(await store.deleteOf(userId, id, filter, now()), 'revoked'),
    revokeAllOf: async (userId, filter, reason) => emitAll(await store.deleteAllOf(userId, filter), reason),
    endAllOfInactive: async (userId) => emitAll(await store.expireAllOf(userId, now()), 'user-inactive'),
    emitRevoked,
  };
}
