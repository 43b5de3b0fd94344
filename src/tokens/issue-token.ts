import type { IssueRequest, IssueResult, TokenStore } from '../database/token-store.ts';
import type { EventSink } from '../events.ts';
import type { SessionRecord } from '../session.ts';
import type { ActiveUser } from './active-user.ts';
import type { TokenRevoker } from './revoke-tokens.ts';
import type { TokenCodec } from './token-codec.ts';
import { toSessionTokenEvent, toTokenEvent } from './token-event.ts';

export type IssuedToken =
  | { readonly outcome: 'unknown-client' | 'unknown-user' | 'exists' | 'inactive-user' }
  | { readonly outcome: 'kept' | 'renewed' | 'issued'; readonly record: SessionRecord; readonly token: string };

/** Issues a token and emits what happened. */
export type IssueToken = (request: TokenRequest) => Promise<IssuedToken>;

export interface TokenRequest extends Omit<IssueRequest, 'selector' | 'lockUser'> {
  /** If true, a user deactivated meanwhile gets no token. Default: false. */
  readonly onlyIfActive?: boolean;
}

export interface IssueTokenDeps {
  readonly codec: TokenCodec;
  readonly store: Pick<TokenStore, 'issue'>;
  readonly revoker: Pick<TokenRevoker, 'endAllOfInactive'>;
  readonly activeUser: Pick<ActiveUser, 'isActiveNow'>;
  readonly events: EventSink;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

export function createIssueToken({ codec, store, revoker, activeUser, events, now }: IssueTokenDeps): IssueToken {
  return async function issueToken({ onlyIfActive = false, ...request }) {
    const result = await store.issue({ ...request, lockUser: onlyIfActive, selector: codec.newSelector() }, now());
    switch (result.outcome) {
      case 'unknown-client':
      case 'unknown-user':
      case 'exists':
        return result;
      case 'kept':
      case 'renewed':
      case 'issued':
        emitIssue(result);
        return onlyIfActive ? endIfInactive(result) : withToken(result);
    }
  };

  /** The row of the user was locked: a later deactivation sees the token, an earlier one is found here. */
  async function endIfInactive(result: HeldToken): Promise<IssuedToken> {
    const { userId } = result.record;
    if (await activeUser.isActiveNow(userId)) return withToken(result);
    await revoker.endAllOfInactive(userId);
    return { outcome: 'inactive-user' };
  }

  function withToken({ outcome, record }: HeldToken): IssuedToken {
    return { outcome, record, token: codec.tokenOf(record.selector) };
  }

  function emitIssue({ outcome, record, replaced }: HeldToken): void {
    if (replaced?.hadExpired) events.emit('tokenExpired', toTokenEvent(replaced));
    else if (replaced) events.emit('tokenRevoked', { ...toTokenEvent(replaced), reason: 'replaced' });
    if (outcome === 'issued') events.emit('tokenIssued', { ...toSessionTokenEvent(record), expiry: record.expiresAt });
    if (outcome === 'renewed')
      events.emit('tokenRenewed', { ...toSessionTokenEvent(record), expiry: record.expiresAt });
  }
}

/** The result of an issue after which the pair holds a token. */
type HeldToken = Extract<IssueResult, { record: SessionRecord }>;
