import type { BoundedByTimeout } from '../../database/database-timeout.ts';
import type { OnConflict } from '../../database/token-store.ts';
import { DurinError } from '../../errors.ts';
import type { CallOrigin, EventSink } from '../../events.ts';
import type { SessionRecord } from '../../session.ts';
import type { IssueToken } from '../issue-token.ts';
import { toSessionTokenEvent } from '../token-event.ts';
import type { ConfirmUser, VerifiedUser } from '../verification/confirm-user.ts';
import { type Refused, refused } from '../verification/refusal.ts';

export interface SignInRequest extends VerifiedUser {
  /** The session's name; `null`: none. */
  readonly deviceName: string | null;
  readonly origin: CallOrigin;
}

export interface SignedInUser {
  readonly user: object;
  readonly record: SessionRecord;
  readonly token: string;
}

export type SignInResult = ({ readonly outcome: 'signed-in'; readonly isNewToken: boolean } & SignedInUser) | Refused;

/**
 * Signs in a verified user: the user is active, and a token is issued. If the user's sessions or credentials ended since
 * the operation began, it is refused like a wrong password.
 * @throws DurinError STORE_UNAVAILABLE
 */
export type SignIn = (request: SignInRequest) => Promise<SignInResult>;

export interface SignInDeps {
  readonly confirmUser: ConfirmUser;
  readonly issueToken: IssueToken;
  readonly onConflict: OnConflict;
  readonly bounded: BoundedByTimeout;
}

export function createSignIn({ confirmUser, issueToken, onConflict, bounded }: SignInDeps): SignIn {
  return function signIn({ deviceName, origin, ...verified }) {
    return bounded(async () => {
      const { user, userId, clientName, operation } = verified;
      const { isConfirmed, ...credentials } = await confirmUser(verified);
      if (!isConfirmed) return refused('INVALID_CREDENTIALS', userId);
      const issued = await issueToken({
        userId,
        clientName,
        origin: 'login',
        isAuthenticated: true,
        name: deviceName,
        onConflict,
        onlyIfActive: true,
        ...credentials,
        operation,
        ipAddress: origin.ipAddress,
        userAgent: origin.userAgent,
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
        case 'name-taken':
        case 'key-limit':
        case 'key-not-found':
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
    });
  };
}

/**
 * Emits how a sign-in ended.
 * @returns the user who is signed in
 * @throws TRPCError the refusal
 */
export function concludeSignIn(result: SignInResult, origin: CallOrigin, events: EventSink): SignedInUser {
  const { ipAddress, userAgent } = origin;
  switch (result.outcome) {
    case 'refused': {
      const { code, userId, error } = result;
      events.emit('loginFailed', { code, userId, ipAddress, userAgent });
      throw error ?? new DurinError(code);
    }
    case 'signed-in': {
      const { record, isNewToken } = result;
      events.emit('loggedIn', { ...toSessionTokenEvent(record), isNewToken, ipAddress, userAgent });
      return result;
    }
  }
}
