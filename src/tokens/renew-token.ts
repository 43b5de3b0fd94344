import type { TokenStore } from '../database/token-store.ts';
import type { EventSink } from '../events.ts';
import { toTokenEvent } from './token-event.ts';

/** Extends a token to a full lifetime of its client from now, and emits it. `null`: the token is gone or expired. */
export type RenewToken = (id: string) => Promise<{ readonly expiresAt: Date | null } | null>;

export interface RenewTokenDeps {
  readonly store: Pick<TokenStore, 'renew'>;
  readonly events: EventSink;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

export function createRenewToken({ store, events, now }: RenewTokenDeps): RenewToken {
  return async function renewToken(id) {
    const renewed = await store.renew(id, now());
    if (renewed === null) return null;
    const { token, expiresAt } = renewed;
    events.emit('tokenRenewed', { ...toTokenEvent(token), expiry: expiresAt });
    return { expiresAt };
  };
}
