import type { IssueOrder, IssueResult, TokenStore } from './database/token-store.ts';
import type { EventSink } from './events.ts';
import type { SessionRecord } from './session.ts';
import type { TokenCodec } from './token.ts';

export type IssuedToken =
  | Extract<IssueResult, { outcome: 'unknown-client' | 'unknown-user' | 'held' }>
  | { readonly outcome: 'kept' | 'renewed' | 'issued'; readonly record: SessionRecord; readonly token: string };

/** Issues tokens, and tells of what that did. */
export type IssueToken = (order: Omit<IssueOrder, 'selector'>) => Promise<IssuedToken>;

export interface TokenIssuerParts {
  readonly codec: TokenCodec;
  readonly store: Pick<TokenStore, 'issue'>;
  readonly events: EventSink;
  readonly now: () => number;
}

export function createTokenIssuer({ codec, store, events, now }: TokenIssuerParts): IssueToken {
  return async function issueToken(order) {
    const result = await store.issue({ ...order, selector: codec.newSelector() }, now());
    if (!('record' in result)) return result;
    tell(result);
    return { outcome: result.outcome, record: result.record, token: codec.tokenOf(result.record.selector) };
  };

  function tell({ outcome, record, replaced }: Extract<IssueResult, { record: unknown }>): void {
    const pair = { userId: record.userId, client: record.client.name };
    const current = { tokenId: record.id, ...pair, expiry: record.expiresAt };
    if (replaced?.hadExpired) events.emit('tokenExpired', { tokenId: replaced.id, ...pair });
    else if (replaced) events.emit('tokenRevoked', { tokenId: replaced.id, ...pair, reason: 'replaced' });
    if (outcome === 'issued') events.emit('tokenIssued', current);
    if (outcome === 'renewed') events.emit('tokenRenewed', current);
  }
}
