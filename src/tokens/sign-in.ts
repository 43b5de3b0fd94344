import type { BoundedByTimeout } from '../database/database-timeout.ts';
import type { OnConflict } from '../database/token-store.ts';
import type { EventSink } from '../events.ts';
import type { DurinContext } from '../request/durin-request.ts';
import { type SessionRecord, sessionNameProblem } from '../session.ts';
import type { LimitState } from '../throttle/throttle.ts';
import type { IssueToken } from './issue-token.ts';
import { toSessionTokenEvent } from './token-event.ts';
import {
  type ConfirmUser,
  isRefused,
  type LoginInput,
  type Refused,
  refused,
  toRefusal,
  type VerifiedUser,
  type VerifyUser,
} from './verification/verify-user.ts';

/** The options for logins. */
export interface SignInRules {
  /** The client's name as it was given, not yet checked. */
  readonly resolveClient: (input: LoginInput, ctx: DurinContext) => unknown;
  readonly onConflict: OnConflict;
}

export interface SignInDeps {
  readonly verifyUser: VerifyUser;
  readonly confirmUser: ConfirmUser;
  readonly issueToken: IssueToken;
  readonly events: EventSink;
  readonly rules: SignInRules;
  readonly bounded: BoundedByTimeout;
}

export interface SignedInUser {
  /** As `verifyCredentials` returned it. */
  readonly user: object;
  readonly record: SessionRecord;
  readonly token: string;
}

type SignInResult = ({ readonly outcome: 'signed-in'; readonly isNewToken: boolean } & SignedInUser) | Refused;

/**
 * Signs a user in: the client is named, the credentials are verified, the user is active, a token is issued. If the user's
 * sessions or credentials ended since it began, it is refused like a wrong password.
 * @throws DurinError NO_CLIENT, UNKNOWN_CLIENT, INVALID_CREDENTIALS, SESSION_LIMIT, THROTTLED, STORE_UNAVAILABLE
 */
export type SignIn = (
  input: LoginInput,
  ctx: DurinContext,
  onLimit: (state: LimitState) => void,
) => Promise<SignedInUser>;

export function createSignIn(deps: SignInDeps): SignIn {
  const { verifyUser, confirmUser, issueToken, events, rules, bounded } = deps;

  return async function signIn(input, ctx, onLimit) {
    const { ipAddress, userAgent } = ctx.durin;
    const resolveClient = () => rules.resolveClient(input, ctx);
    const result = await verifyUser({ input, ctx, onLimit, resolveClient }, (verified) =>
      bounded(() => issue(verified, input, ctx)),
    );
    if (isRefused(result)) {
      events.emit('loginFailed', { code: result.code, userId: result.userId, ipAddress, userAgent });
      throw toRefusal(result);
    }
    const { record, isNewToken } = result;
    events.emit('loggedIn', { ...toSessionTokenEvent(record), isNewToken, ipAddress, userAgent });
    return result;
  };

  async function issue(verified: VerifiedUser, input: LoginInput, ctx: DurinContext): Promise<SignInResult> {
    const { user, userId, clientName, operation } = verified;
    const { isConfirmed, ...credentials } = await confirmUser(verified);
    if (!isConfirmed) return refused('INVALID_CREDENTIALS', userId);
    const issued = await issueToken({
      userId,
      clientName,
      origin: 'login',
      isAuthenticated: true,
      name: sessionNameProblem(input['deviceName']) === null ? String(input['deviceName']) : null,
      onConflict: rules.onConflict,
      onlyIfActive: true,
      ...credentials,
      operation,
      ipAddress: ctx.durin.ipAddress,
      userAgent: ctx.durin.userAgent,
    });
    switch (issued.outcome) {
      case 'unknown-client':
        return refused('UNKNOWN_CLIENT', userId);
      case 'unknown-user':
      case 'inactive-user':
      case 'credentials-changed':
      case 'overtaken':
      case 'session-ended':
      case 'exists':
        return refused('INVALID_CREDENTIALS', userId);
      case 'at-limit':
        return refused('SESSION_LIMIT', userId);
      case 'kept':
      case 'renewed':
      case 'issued': {
        const { outcome, record, token } = issued;
        return { outcome: 'signed-in', user, record, token, isNewToken: outcome === 'issued' };
      }
    }
  }
}
