import type { IssueRequest, IssueResult, TokenStore } from '../database/token-store.ts';
import type { EventSink } from '../events.ts';
import type { SessionRecord } from '../session.ts';
import type { UserActivity } from './active-user.ts';
import type { TokenRevoker } from './revoke-tokens.ts';
import type { TokenCodec } from './token-codec.ts';
import { toTokenEvent } from './token-event.ts';

export type IssuedToken =
  | Extract<IssueResult, { outcome: 'unknown-client' | 'unknown-user' | 'exists' }>
  | { readonly outcome: 'inactive-user' }
  | { readonly outcome: 'kept' | 'renewed' | 'issued'; readonly record: SessionRecord; readonly token: string };

/** Issues tokens, and tells of what that did. */
export type IssueToken = (order: TokenRequest) => Promise<IssuedToken>;

export interface TokenRequest extends Omit<IssueRequest, 'selector' | 'lockUser'> {
  /** Whether who has been deactivated by now gets none. Left out: no. */
  readonly onlyIfActive?: boolean;
}

export interface TokenIssuerDeps {
  readonly codec: TokenCodec;
  readonly store: Pick<TokenStore, 'issue'>;
  readonly revoker: Pick<TokenRevoker, 'endAllOfInactive'>;
  readonly activity: Pick<UserActivity, 'isActiveNow'>;
  readonly events: EventSink;
  readonly now: () => number;
}

export function createTokenIssuer({ codec, store, revoker, activity, events, now }: TokenIssuerDeps): IssueToken {
  return async function issueToken({ onlyIfActive = false, ...order }) {
    const result = await store.issue({ ...order, lockUser: onlyIfActive, selector: codec.newSelector() }, now());
    if (!('record' in result)) return result;
    tell(result);
    // A deactivation that comes later sees the token; one that came before is seen only now.
    if (onlyIfActive && !(await activity.isActiveNow(result.record.userId))) {
      await revoker.endAllOfInactive(result.record.userId);
      return { outcome: 'inactive-user' };
    }
    return { outcome: result.outcome, record: result.record, token: codec.tokenOf(result.record.selector) };
  };

  function tell({ outcome, record, replaced }: Extract<IssueResult, { record: unknown }>): void {
    if (replaced?.hadExpired) events.emit('tokenExpired', toTokenEvent(replaced));
    else if (replaced) events.emit('tokenRevoked', { ...toTokenEvent(replaced), reason: 'replaced' });
    if (outcome === 'issued') events.emit('tokenIssued', { ...toTokenEvent(record), expiry: record.expiresAt });
    if (outcome === 'renewed') events.emit('tokenRenewed', { ...toTokenEvent(record), expiry: record.expiresAt });
  }
}
