import type { RenewedToken, TokenStore } from '../database/token-store.ts';
import type { EventSink } from '../events.ts';
import type { ActiveUser } from './active-user.ts';
import type { TokenRevoker } from './revoke-tokens.ts';
import { toTokenEvent } from './token-event.ts';

/**
 * Extends a token to a full lifetime of its client from now, and emits it. `null`: the token is gone or expired, or its user
 * is not active.
 */
export type RenewToken = (id: string) => Promise<Pick<RenewedToken, 'expiresAt' | 'latestExpiry'> | null>;

export interface RenewTokenDeps {
  readonly store: Pick<TokenStore, 'renew'>;
  readonly revoker: Pick<TokenRevoker, 'endAllOfInactive'>;
  readonly activeUser: Pick<ActiveUser, 'isActiveNow'>;
  readonly events: EventSink;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

export function createRenewToken({ store, revoker, activeUser, events, now }: RenewTokenDeps): RenewToken {
  return async function renewToken(id) {
    const renewed = await store.renew(id, now());
    if (renewed === null) return null;
    const { token, expiresAt, latestExpiry } = renewed;
    if (!(await activeUser.isActiveNow(token.userId))) {
      await revoker.endAllOfInactive(token.userId); // a deactivation came first, and this renewal has revived the token
      return null;
    }
    events.emit('tokenRenewed', { ...toTokenEvent(token), expiry: expiresAt });
    return { expiresAt, latestExpiry };
  };
}
