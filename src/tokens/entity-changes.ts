import type { Invalidation } from '../cache/invalidation.ts';
import type { ChangeListener, Ending } from '../database/change-listener.ts';
import type { TokenIdentity, TokenStore } from '../database/token-store.ts';
import type { EventSink } from '../events.ts';
import type { ActiveUser } from './active-user.ts';
import type { TokenRevoker } from './revoke-tokens.ts';
import { toTokenEvent } from './token-event.ts';

export interface EntityChangesDeps {
  readonly store: Pick<TokenStore, 'deleteBefore' | 'findUserRow'>;
  readonly revoker: Pick<TokenRevoker, 'endAllOfChanged' | 'endAllOfInactive' | 'overtake' | 'emitRevoked'>;
  readonly events: EventSink;
  readonly invalidation: Invalidation;
  readonly activeUser: Pick<ActiveUser, 'isActiveAsGiven'>;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

const reasons = { user: 'user-deleted', client: 'client-deleted', token: 'revoked' } as const;

export interface EntityChanges extends ChangeListener {
  /** Drops a user's cached sessions, and ends them if the user is inactive. For changes that no listener has seen. */
  userForgotten(userId: unknown): Promise<void>;
}

/** Reacts to the app's changes of users, clients and tokens: invalidates caches, ends sessions and emits their ends. */
export function createEntityChanges(deps: EntityChangesDeps): EntityChanges {
  const { store, revoker, events, invalidation, activeUser, now } = deps;

  function emitEnded({ tokens, reason }: Ending): void {
    for (const token of tokens) if (token.hadExpired) events.emit('tokenExpired', toTokenEvent(token));
    revoker.emitRevoked(
      tokens.filter(({ hadExpired }) => !hadExpired),
      reason,
    );
  }

  function endAll(userId: unknown, reason: 'user-inactive' | 'credentials-changed'): Promise<TokenIdentity[]> {
    return reason === 'user-inactive' ? revoker.endAllOfInactive(userId) : revoker.endAllOfChanged(userId);
  }

  const changes: EntityChanges = {
    async userForgotten(userId) {
      await changes.userChanged(userId, { user: await store.findUserRow(userId) });
      await invalidation.userForgotten(userId);
    },
    async userChanged(userId, { user, findUserRow, hasNewCredentials = false } = {}) {
      const isInactive = user !== null && !(await activeUser.isActiveAsGiven(userId, user ?? {}, findUserRow));
      const reason = isInactive ? 'user-inactive' : hasNewCredentials ? 'credentials-changed' : null;
      const ended = reason === null ? [] : await endAll(userId, reason);
      await invalidation.userChanged(userId);
      return reason && { tokens: ended.map((token) => ({ ...token, hadExpired: false })), reason };
    },
    async userEnded(userId, reason) {
      await revoker.overtake(userId, reason);
      await invalidation.userChanged(userId);
    },
    clientChanged: invalidation.clientChanged,
    tokenChanged: (selector) =>
      selector === null ? invalidation.everythingChanged() : invalidation.tokenChanged(selector),
    relatedChanged: invalidation.everythingChanged,
    async beforeDeletion(deleted, keys) {
      const ending = { tokens: await store.deleteBefore(deleted, keys, now()), reason: reasons[deleted] };
      emitEnded(ending);
      return ending;
    },
    tokensEnded: emitEnded,
  };
  return changes;
}
