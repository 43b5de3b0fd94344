import { TRPCError } from '@trpc/server';
import { createEvenTime, type EvenResult } from '../async/even-time.ts';
import type { BoundedByTimeout } from '../database/database-timeout.ts';
import { isUnstorable } from '../database/failures.ts';
import type { OnConflict } from '../database/token-store.ts';
import type { UserCredentials } from '../database/tokens/user-credentials.ts';
import { DurinError } from '../errors.ts';
import type { DurinEvents, EventSink } from '../events.ts';
import { type DurinContext, DurinRequest } from '../request/durin-request.ts';
import { type SessionRecord, sessionNameProblem } from '../session.ts';
import type { LoginVerdict } from '../throttle/login-buckets.ts';
import type { LoginThrottle } from '../throttle/login-throttle.ts';
import type { LimitState } from '../throttle/throttle.ts';
import { clientNameProblem } from '../values/client-fields.ts';
import type { ActiveUser } from './active-user.ts';
import { runCallback, toCallbackError } from './app-callback.ts';
import type { IssueToken } from './issue-token.ts';
import { toSessionTokenEvent } from './token-event.ts';
import type { Operation, UnderWay } from './under-way.ts';

type LoginInput = Readonly<Record<string, unknown>>;

/** The app's callbacks, bound to its options, and the options for logins. */
export interface SignInRules {
  readonly verifyCredentials: (input: LoginInput, ctx: DurinContext) => Promise<object | null | undefined>;
  /** The client's name as it was given, not yet checked. */
  readonly resolveClient: (input: LoginInput, ctx: DurinContext) => unknown;
  readonly userKeyOf: (user: object) => unknown;
  /** Whom the login is for, as the throttle counts it. Empty: not known. */
  readonly loginUserNames: (input: LoginInput) => readonly string[];
  /** The one name in the input, exactly as it was sent; `null`: there is none, or more than one. */
  readonly typedName: (input: LoginInput) => string | null;
  /** `null`: the app does not set `credentialFields`. */
  readonly credentials: Pick<UserCredentials, 'confirm'> | null;
  readonly onConflict: OnConflict;
}

export interface SignInDeps {
  readonly activeUser: Pick<ActiveUser, 'isActiveAsGiven'>;
  readonly issueToken: IssueToken;
  readonly throttle: LoginThrottle;
  readonly signInsUnderWay: UnderWay;
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

type SignInResult = ({ readonly outcome: 'signed-in'; readonly isNewToken: boolean } & SignedInUser) | RefusedSignIn;

type RefusedSignIn = { readonly outcome: 'refused' } & Refusal;

type Refusal = Pick<DurinEvents['loginFailed'], 'code' | 'userId'> & {
  /** The error that `verifyCredentials` threw instead of returning `null`. */
  readonly error?: TRPCError;
};

/** The tRPC codes with which an app refuses credentials in words of its own. */
const refusalCodes: ReadonlySet<string> = new Set(['UNAUTHORIZED', 'FORBIDDEN']);

/**
 * Signs a user in: the client is named, the credentials are verified, the user is active, a token is issued. If the user's
 * sessions or credentials ended since it began, it is refused like a wrong password.
 * @throws DurinError NO_CLIENT, UNKNOWN_CLIENT, INVALID_CREDENTIALS, THROTTLED, STORE_UNAVAILABLE
 */
export type SignIn = (
  input: LoginInput,
  ctx: DurinContext,
  onLimit: (state: LimitState) => void,
) => Promise<SignedInUser>;

export function createSignIn(deps: SignInDeps): SignIn {
  const { activeUser, issueToken, throttle, signInsUnderWay, events, rules, bounded } = deps;

  /** Refusals take equal time, so that their duration does not reveal whether the user exists or is active. */
  const refusalTime = createEvenTime();

  return async function signIn(...call) {
    const operation = signInsUnderWay.begin();
    try {
      return await signInOnce(operation, ...call);
    } finally {
      operation.finish();
    }
  };

  async function signInOnce(operation: Operation, ...[input, ctx, onLimit]: Parameters<SignIn>): Promise<SignedInUser> {
    const { ipAddress, userAgent } = ctx.durin;
    const origin = { ipAddress, userAgent };

    function refuse({ code, userId, error }: Refusal): TRPCError {
      events.emit('loginFailed', { code, userId, ...origin });
      return error ?? new DurinError(code);
    }

    const named = nameClient(await runCallback(() => rules.resolveClient(input, ctx)));
    const hasClient = named.outcome === 'named';
    const userNames = hasClient ? rules.loginUserNames(input) : [];
    const typedName = hasClient ? rules.typedName(input) : null;
    const attempt = { userNames, typedName, hasClient, origin: DurinRequest.originOf(ctx.durin), onLimit };
    const verify = () =>
      hasClient
        ? refusalTime.run(() => verifyAndIssue(operation, input, ctx, named.clientName), isRefused)
        : Promise.resolve({ result: named, over: Promise.resolve() });
    const { result, over } = await throttle.run<EvenResult<SignInResult>>(attempt, verify, judge);
    if (isRefused(result)) {
      await over;
      throw refuse(result);
    }
    events.emit('loggedIn', { ...toSessionTokenEvent(result.record), isNewToken: result.isNewToken, ...origin });
    return result;
  }

  async function verifyAndIssue(
    operation: Operation,
    input: LoginInput,
    ctx: DurinContext,
    clientName: string,
  ): Promise<SignInResult> {
    const user = await verifyCredentials(input, ctx);
    if (user instanceof TRPCError) return refused('INVALID_CREDENTIALS', null, user);
    if (user === null) return refused('INVALID_CREDENTIALS', null);
    const userId = rules.userKeyOf(user);

    return bounded(async () => {
      if (!(await activeUser.isActiveAsGiven(userId, user))) return refused('INVALID_CREDENTIALS', userId);
      const credentials = rules.credentials && (await rules.credentials.confirm(userId, user));
      const hasChanged = rules.credentials !== null && credentials === null;
      if (hasChanged || operation.isOvertakenFor(userId, clientName)) return refused('INVALID_CREDENTIALS', userId);
      const issued = await issueToken({
        userId,
        clientName,
        origin: 'login',
        isAuthenticated: true,
        name: sessionNameProblem(input['deviceName']) === null ? String(input['deviceName']) : null,
        onConflict: rules.onConflict,
        onlyIfActive: true,
        ...(credentials !== null && { credentials }),
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
    });
  }

  /** The user; `null`, or the app's own refusal, for wrong credentials. */
  async function verifyCredentials(input: LoginInput, ctx: DurinContext): Promise<object | null> {
    try {
      return (await rules.verifyCredentials(input, ctx)) || null;
    } catch (cause) {
      if (isUnstorable(cause)) return null; // the app queried a value that no row can have
      const error = toCallbackError(cause);
      if (refusalCodes.has(error.code)) return error;
      throw error;
    }
  }
}

function refused(code: Refusal['code'], userId: unknown, error?: TRPCError): RefusedSignIn {
  return { outcome: 'refused', code, userId, ...(error && { error }) };
}

/** @param given the client's name as it was given, not yet checked */
function nameClient(given: unknown) {
  if (given === undefined || given === null || given === '') return refused('NO_CLIENT', null);
  if (typeof given !== 'string' || clientNameProblem(given) !== null) return refused('UNKNOWN_CLIENT', null);
  return { outcome: 'named', clientName: given } as const;
}

function isRefused(result: SignInResult): result is RefusedSignIn {
  return result.outcome === 'refused';
}

function judge({ result }: EvenResult<SignInResult>): LoginVerdict {
  if (result.outcome === 'signed-in') return 'accepted';
  return result.code === 'INVALID_CREDENTIALS' ? 'wrong-guess' : 'wrong-client';
}
