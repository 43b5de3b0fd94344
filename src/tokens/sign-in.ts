import type { TRPCError } from '@trpc/server';
import type { BoundedByTimeout } from '../database/database-timeout.ts';
import type { CredentialsDigest, OnConflict } from '../database/token-store.ts';
import { DurinError } from '../errors.ts';
import type { CallOrigin, DurinEvents, EventSink } from '../events.ts';
import type { SessionRecord } from '../session.ts';
import { clientNameProblem } from '../values/client-fields.ts';
import type { ActiveUser } from './active-user.ts';
import type { IssueToken } from './issue-token.ts';
import { toSessionTokenEvent } from './token-event.ts';
import type { Operation } from './under-way.ts';

/** A user that was verified, by `verifyCredentials` or by the app's own procedure. */
export interface SignInRequest {
  readonly user: object;
  readonly userId: unknown;
  readonly clientName: string;
  /** The session's name; `null`: none. */
  readonly deviceName: string | null;
  readonly origin: CallOrigin;
  /** What the user is signed in for. It began before the user was verified, or with the call of `durin.signIn`. */
  readonly operation: Pick<Operation, 'isOvertakenFor'>;
  /** Returns what the user's credentials must still be when the token is issued; `null`: they have changed already. */
  readonly readCredentials: (() => Promise<CredentialsDigest | null>) | null;
}

export interface SignedInUser {
  readonly user: object;
  readonly record: SessionRecord;
  readonly token: string;
}

export type SignInResult =
  | ({ readonly outcome: 'signed-in'; readonly isNewToken: boolean } & SignedInUser)
  | RefusedSignIn;

export type RefusedSignIn = { readonly outcome: 'refused' } & Refusal;

type Refusal = Pick<DurinEvents['loginFailed'], 'code' | 'userId'> & {
  /** The error that `verifyCredentials` threw instead of returning `null`. */
  readonly error?: TRPCError;
};

/**
 * Signs in a verified user: the user is active, and a token is issued. If the user's sessions or credentials ended since
 * the operation began, it is refused like a wrong password.
 * @throws DurinError STORE_UNAVAILABLE
 */
export type SignIn = (request: SignInRequest) => Promise<SignInResult>;

export interface SignInDeps {
  readonly activeUser: Pick<ActiveUser, 'isActiveAsGiven'>;
  readonly issueToken: IssueToken;
  readonly onConflict: OnConflict;
  readonly bounded: BoundedByTimeout;
}

export function createSignIn({ activeUser, issueToken, onConflict, bounded }: SignInDeps): SignIn {
  return function signIn({ user, userId, clientName, deviceName, origin, operation, readCredentials }) {
    return bounded(async () => {
      if (!(await activeUser.isActiveAsGiven(userId, user))) return refused('INVALID_CREDENTIALS', userId);
      const credentials = readCredentials && (await readCredentials());
      const hasChanged = readCredentials !== null && credentials === null;
      if (hasChanged || operation.isOvertakenFor(userId, clientName)) return refused('INVALID_CREDENTIALS', userId);
      const issued = await issueToken({
        userId,
        clientName,
        origin: 'login',
        isAuthenticated: true,
        name: deviceName,
        onConflict,
        onlyIfActive: true,
        ...(credentials !== null && { credentials }),
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

/** @param given the client's name as it was given, not yet checked */
export function nameClient(given: unknown) {
  if (given === undefined || given === null || given === '') return refused('NO_CLIENT', null);
  if (typeof given !== 'string' || clientNameProblem(given) !== null) return refused('UNKNOWN_CLIENT', null);
  return { outcome: 'named', clientName: given } as const;
}

export function refused(code: Refusal['code'], userId: unknown, error?: TRPCError): RefusedSignIn {
  return { outcome: 'refused', code, userId, ...(error && { error }) };
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
