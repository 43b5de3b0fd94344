import type { TokenStore } from '../database/token-store.ts';
import type { EventSink } from '../events.ts';
import { toTokenEvent } from './token-event.ts';

/** Gives a token a full lifetime of its client from now, and tells of it; `null`: it is gone or expired. */
export type RenewToken = (id: string) => Promise<{ readonly expiresAt: Date | null } | null>;

export interface TokenRenewerDeps {
  readonly store: Pick<TokenStore, 'renew'>;
  readonly events: EventSink;
  readonly now: () => number;
}

export function createTokenRenewer({ store, events, now }: TokenRenewerDeps): RenewToken {
  return async function renewToken(id) {
    const renewed = await store.renew(id, now());
    if (renewed === null) return null;
    const { token, expiresAt } = renewed;
    events.emit('tokenRenewed', { ...toTokenEvent(token), expiry: expiresAt });
    return { expiresAt };
  };
}
