import type { EndedByIssue, IssueRequest, IssueResult, TokenStore } from '../database/token-store.ts';
import type { EventSink } from '../events.ts';
import type { SessionRecord } from '../session.ts';
import { type Duration, parseDuration } from '../values/duration.ts';
import type { ActiveUser } from './active-user.ts';
import type { KeyClients } from './keys/key-rules.ts';
import type { TokenRevoker } from './revoke-tokens.ts';
import type { TokenCodec } from './token-codec.ts';
import { toSessionTokenEvent, toTokenEvent } from './token-event.ts';
import type { Operation, UnderWay } from './under-way.ts';

export type IssuedToken =
  | { readonly outcome: Exclude<IssueResult['outcome'], HeldToken['outcome']> | 'inactive-user' }
  /** `overtaken`: the user's sessions were ended meanwhile, and this token with them. */
  | {
      readonly outcome: HeldToken['outcome'] | 'overtaken';
      readonly record: SessionRecord;
      readonly token: string;
      /** The ids of the valid tokens that ended for it. */
      readonly ended: readonly string[];
    };

/** Issues a token and emits what happened. */
export type IssueToken = (request: TokenRequest) => Promise<IssuedToken>;

export interface TokenRequest extends Omit<IssueRequest, 'selector'> {
  /** If true, a user deactivated meanwhile gets no token. Default: false. */
  readonly onlyIfActive?: boolean;
  /** What the token is issued for, if that began before the call. */
  readonly operation?: Pick<Operation, 'isOvertakenFor'>;
}

/**
 * The lifetime of a token that the server issues.
 * @param ttl `undefined`: its client's; `null`: it never expires
 */
export function issuedLifetime(ttl: Duration | null | undefined): Pick<TokenRequest, 'origin' | 'ttlSeconds'> {
  if (ttl === undefined) return { origin: 'issued' };
  return { origin: 'issued-until', ttlSeconds: ttl === null ? null : parseDuration(ttl, 'ttl') };
}

/** Why an issue was `overtaken`, for logs and admins. */
export const overtakenSentence =
  'The sessions of this user were ended while the token was issued, and the token with them.';

export interface IssueTokenDeps {
  readonly codec: TokenCodec;
  readonly store: Pick<TokenStore, 'issue' | 'keepAlive' | 'findBySelector' | 'reauthenticate'>;
  readonly revoker: Pick<TokenRevoker, 'endAllOfInactive' | 'revoke'>;
  readonly activeUser: Pick<ActiveUser, 'isActiveNow'>;
  readonly keyClients: Pick<KeyClients, 'rulesOf'>;
  readonly events: EventSink;
  readonly issuesUnderWay: UnderWay;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

export function createIssueToken(deps: IssueTokenDeps): IssueToken {
  const { codec, store, revoker, activeUser, keyClients, events, issuesUnderWay, now } = deps;

  return async function issueToken({ operation, ...request }) {
    const call = issuesUnderWay.begin(); // the operation may end by its timeout while this continues
    const operations = operation === undefined ? [call] : [call, operation];
    try {
      return await issue(request, (userId) =>
        operations.some(({ isOvertakenFor }) => isOvertakenFor(userId, request.clientName)),
      );
    } finally {
      call.finish();
    }
  };

  async function issue(
    { onlyIfActive = false, ...request }: Omit<TokenRequest, 'operation'>,
    isOvertakenFor: (userId: unknown) => boolean,
  ): Promise<IssuedToken> {
    const result = await store.issue({ ...asKey(request), selector: codec.newSelector() }, now());
    switch (result.outcome) {
      case 'unknown-client':
      case 'unknown-user':
      case 'credentials-changed':
      case 'exists':
      case 'name-taken':
      case 'key-limit':
      case 'key-not-found':
        return result;
      case 'at-limit':
        emitEnded(result);
        return { outcome: 'at-limit' };
      case 'session-ended':
        return (await activeUser.isActiveNow(request.userId)) ? result : { outcome: 'inactive-user' };
      case 'kept':
      case 'renewed':
      case 'issued':
        emitIssue(result);
        if (onlyIfActive && (await isEndedAsInactive(result))) return { outcome: 'inactive-user' };
        if (isOvertakenFor(result.record.userId)) return endOvertaken(result);
        return withToken(await countAsUse(result));
    }
  }

  /** Every token of a client with `keys` is a key, also one that the server or an admin issues. */
  function asKey(request: Omit<IssueRequest, 'selector'>): Omit<IssueRequest, 'selector'> {
    const rules = keyClients.rulesOf(request.clientName);
    if (rules === null) return request;
    const { max, ttlSeconds } = rules;
    return { ...(ttlSeconds !== undefined && { ttlSeconds }), key: { max }, ...request };
  }

  /**
   * The end may have come before the token was stored, and missed it. A token that was kept is one that the end spared, or
   * of a later login, and this login proves nothing about its user.
   */
  async function endOvertaken(result: HeldToken): Promise<IssuedToken> {
    const { id, selector, userId } = result.record;
    if (result.outcome === 'issued') await revoker.revoke(result.record, 'revoked');
    else await store.reauthenticate({ id, selector, userId, authenticatedAt: null }, now());
    return { ...withToken(result), outcome: 'overtaken' };
  }

  /** A login that returns an existing token is a use of it: a session that was about to expire by idling does not. */
  async function countAsUse(result: HeldToken): Promise<HeldToken> {
    if (result.outcome === 'issued' || !result.record.expiresByIdling) return result;
    await store.keepAlive(result.record, now());
    return { ...result, record: (await store.findBySelector(result.record.selector)) ?? result.record };
  }

  /** The row of the user was locked: a later deactivation sees the token, an earlier one is found here. */
  async function isEndedAsInactive({ record: { userId }, isUserActive }: HeldToken): Promise<boolean> {
    if (isUserActive ?? (await activeUser.isActiveNow(userId))) return false;
    await revoker.endAllOfInactive(userId);
    return true;
  }

  function withToken({ outcome, record, ended }: HeldToken) {
    const endedIds = ended.filter(({ hadExpired }) => !hadExpired).map(({ id }) => id);
    return { outcome, record, token: codec.tokenOf(record.selector), ended: endedIds };
  }

  function emitEnded({ ended, reason }: EndedByIssue): void {
    for (const token of ended)
      if (token.hadExpired) events.emit('tokenExpired', toTokenEvent(token));
      else events.emit('tokenRevoked', { ...toTokenEvent(token), reason });
  }

  function emitIssue({ outcome, record, ended, reason }: HeldToken): void {
    emitEnded({ ended, reason });
    if (outcome === 'issued') events.emit('tokenIssued', { ...toSessionTokenEvent(record), expiry: record.expiresAt });
    if (outcome === 'renewed')
      events.emit('tokenRenewed', { ...toSessionTokenEvent(record), expiry: record.expiresAt });
  }
}

/** The result of an issue after which the pair holds a token. */
type HeldToken = Extract<IssueResult, { record: SessionRecord }>;
