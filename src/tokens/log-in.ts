import { TRPCError } from '@trpc/server';
import { createEvenTime, type EvenResult } from '../async/even-time.ts';
import { isUnstorable } from '../database/failures.ts';
import type { UserCredentials } from '../database/tokens/user-credentials.ts';
import type { EventSink } from '../events.ts';
import { type DurinContext, DurinRequest } from '../request/durin-request.ts';
import { sessionNameProblem } from '../session.ts';
import type { LoginVerdict } from '../throttle/login-buckets.ts';
import type { LoginThrottle } from '../throttle/login-throttle.ts';
import type { LimitState } from '../throttle/throttle.ts';
import { runCallback, toCallbackError } from './app-callback.ts';
import {
  concludeSignIn,
  nameClient,
  type RefusedSignIn,
  refused,
  type SignedInUser,
  type SignIn,
  type SignInResult,
} from './sign-in.ts';
import type { Operation, UnderWay } from './under-way.ts';

type LoginInput = Readonly<Record<string, unknown>>;

/** The app's callbacks, bound to its options. */
export interface LoginRules {
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
}

export interface LogInDeps {
  readonly signIn: SignIn;
  readonly throttle: LoginThrottle;
  readonly signInsUnderWay: UnderWay;
  readonly events: EventSink;
  readonly rules: LoginRules;
}

/** The tRPC codes with which an app refuses credentials in words of its own. */
const refusalCodes: ReadonlySet<string> = new Set(['UNAUTHORIZED', 'FORBIDDEN']);

/**
 * Logs a user in: the client is named, the attempt is within its limits, the credentials are verified, and the user is
 * signed in.
 * @throws DurinError NO_CLIENT, UNKNOWN_CLIENT, INVALID_CREDENTIALS, THROTTLED, STORE_UNAVAILABLE
 */
export type LogIn = (
  input: LoginInput,
  ctx: DurinContext,
  onLimit: (state: LimitState) => void,
) => Promise<SignedInUser>;

export function createLogIn({ signIn, throttle, signInsUnderWay, events, rules }: LogInDeps): LogIn {
  /** Refusals take equal time, so that their duration does not reveal whether the user exists or is active. */
  const refusalTime = createEvenTime();

  return async function logIn(...call) {
    const operation = signInsUnderWay.begin();
    try {
      return await logInOnce(operation, ...call);
    } finally {
      operation.finish();
    }
  };

  async function logInOnce(operation: Operation, ...[input, ctx, onLimit]: Parameters<LogIn>): Promise<SignedInUser> {
    const named = nameClient(await runCallback(() => rules.resolveClient(input, ctx)));
    const hasClient = named.outcome === 'named';
    const userNames = hasClient ? rules.loginUserNames(input) : [];
    const typedName = hasClient ? rules.typedName(input) : null;
    const attempt = { userNames, typedName, hasClient, origin: DurinRequest.originOf(ctx.durin), onLimit };
    const verify = () =>
      hasClient
        ? refusalTime.run(() => verifyAndSignIn(operation, input, ctx, named.clientName), isRefused)
        : Promise.resolve({ result: named, over: Promise.resolve() });
    const { result, over } = await throttle.run<EvenResult<SignInResult>>(attempt, verify, judge);
    await over;
    return concludeSignIn(result, ctx.durin, events);
  }

  async function verifyAndSignIn(
    operation: Operation,
    input: LoginInput,
    ctx: DurinContext,
    clientName: string,
  ): Promise<SignInResult> {
    const user = await verifyCredentials(input, ctx);
    if (user instanceof TRPCError) return refused('INVALID_CREDENTIALS', null, user);
    if (user === null) return refused('INVALID_CREDENTIALS', null);
    const userId = rules.userKeyOf(user);
    const { credentials } = rules;
    const readCredentials = credentials && (() => credentials.confirm(userId, user));
    const deviceName = deviceNameOf(input);
    return signIn({ user, userId, clientName, deviceName, origin: ctx.durin, operation, readCredentials });
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

function isRefused(result: SignInResult): result is RefusedSignIn {
  return result.outcome === 'refused';
}

function judge({ result }: EvenResult<SignInResult>): LoginVerdict {
  if (result.outcome === 'signed-in') return 'accepted';
  return result.code === 'INVALID_CREDENTIALS' ? 'wrong-guess' : 'wrong-client';
}

/** An app's own `loginInput` may use that name for something else. */
function deviceNameOf({ deviceName }: LoginInput): string | null {
  return sessionNameProblem(deviceName) === null ? String(deviceName) : null;
}
