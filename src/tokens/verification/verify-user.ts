import { TRPCError } from '@trpc/server';
import { createEvenTime, type EvenResult } from '../../async/even-time.ts';
import { isUnstorable } from '../../database/failures.ts';
import type { UserCredentials } from '../../database/tokens/user-credentials.ts';
import { type DurinContext, DurinRequest } from '../../request/durin-request.ts';
import type { LoginVerdict } from '../../throttle/login-buckets.ts';
import type { LoginThrottle } from '../../throttle/login-throttle.ts';
import type { LimitState } from '../../throttle/throttle.ts';
import { toCallbackError } from '../app-callback.ts';
import type { Operation, UnderWay } from '../under-way.ts';
import type { VerifiedUser } from './confirm-user.ts';
import type { NamedClient } from './name-client.ts';
import { isRefused, type Refused, refused } from './refusal.ts';

export type LoginInput = Readonly<Record<string, unknown>>;

/** The app's callbacks, bound to its options, and the options for verifying credentials. */
export interface VerificationRules {
  readonly verifyCredentials: (input: LoginInput, ctx: DurinContext) => Promise<object | null | undefined>;
  readonly userKeyOf: (user: object) => unknown;
  /** Whom the login is for, as the throttle counts it. Empty: not known. */
  readonly loginUserNames: (input: LoginInput) => readonly string[];
  /** The one name in the input, exactly as it was sent; `null`: there is none, or more than one. */
  readonly typedName: (input: LoginInput) => string | null;
  /** `null`: the app does not set `credentialFields`. */
  readonly credentials: Pick<UserCredentials, 'confirm'> | null;
}

export interface VerifyUserDeps {
  readonly throttle: LoginThrottle;
  readonly signInsUnderWay: UnderWay;
  readonly rules: VerificationRules;
}

/** Credentials that are to be verified. */
export interface Attempt {
  readonly input: LoginInput;
  readonly ctx: DurinContext;
  readonly onLimit: (state: LimitState) => void;
  /** Names the client, which may call the app. */
  readonly nameClient: () => NamedClient | Refused | Promise<NamedClient | Refused>;
}

/** The tRPC codes with which an app refuses credentials in words of its own. */
const refusalCodes: ReadonlySet<string> = new Set(['UNAUTHORIZED', 'FORBIDDEN']);

/**
 * Verifies credentials, then does what they permit: `proceed`, which may still refuse. Each attempt counts towards the limits
 * on logins, and all refusals take equal time. The caller reports how it ended.
 * @throws DurinError THROTTLED, STORE_UNAVAILABLE
 */
export type VerifyUser = <T extends { readonly outcome: string }>(
  attempt: Attempt,
  proceed: (verified: VerifiedUser) => Promise<T | Refused>,
) => Promise<T | Refused>;

export function createVerifyUser({ throttle, signInsUnderWay, rules }: VerifyUserDeps): VerifyUser {
  /** Refusals take equal time, so that their duration does not reveal whether the user exists or is active. */
  const refusalTime = createEvenTime();

  return async function verifyUser(...call) {
    const operation = signInsUnderWay.begin();
    try {
      return await verifyOnce(operation, ...call);
    } finally {
      operation.finish();
    }
  };

  async function verifyOnce<T extends { readonly outcome: string }>(
    operation: Operation,
    attempt: Attempt,
    proceed: (verified: VerifiedUser) => Promise<T | Refused>,
  ): Promise<T | Refused> {
    const { input, ctx, onLimit, nameClient } = attempt;
    const named = await nameClient();
    const hasClient = named.outcome === 'named';
    const userNames = hasClient ? rules.loginUserNames(input) : [];
    const typedName = hasClient ? rules.typedName(input) : null;
    const counted = { userNames, typedName, hasClient, origin: DurinRequest.originOf(ctx.durin), onLimit };
    const run = () =>
      hasClient
        ? refusalTime.run(() => verify(attempt, operation, named.clientName, proceed), isRefused)
        : Promise.resolve({ result: named, over: Promise.resolve() });
    const { result, over } = await throttle.run<EvenResult<T | Refused>>(counted, run, judge);
    await over;
    return result;
  }

  async function verify<T>(
    { input, ctx }: Attempt,
    operation: Operation,
    clientName: string,
    proceed: (verified: VerifiedUser) => Promise<T | Refused>,
  ): Promise<T | Refused> {
    const user = await verifyCredentials(input, ctx);
    if (user instanceof TRPCError) return refused('INVALID_CREDENTIALS', null, user);
    if (user === null) return refused('INVALID_CREDENTIALS', null);
    const userId = rules.userKeyOf(user);
    const { credentials } = rules;
    const readCredentials = credentials && (() => credentials.confirm(userId, user));
    return proceed({ user, userId, clientName, operation, readCredentials });
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

function judge({ result }: EvenResult<{ readonly outcome: string }>): LoginVerdict {
  if (!isRefused(result)) return 'accepted';
  return result.code === 'INVALID_CREDENTIALS' ? 'wrong-guess' : 'wrong-client';
}
