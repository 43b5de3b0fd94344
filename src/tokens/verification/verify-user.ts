import { TRPCError } from '@trpc/server';
import { createEvenTime, type EvenResult } from '../../async/even-time.ts';
import { isUnstorable } from '../../database/failures.ts';
import type { CredentialsDigest } from '../../database/token-store.ts';
import type { UserCredentials } from '../../database/tokens/user-credentials.ts';
import { DurinError } from '../../errors.ts';
import type { DurinEvents } from '../../events.ts';
import { type DurinContext, DurinRequest } from '../../request/durin-request.ts';
import type { LoginVerdict } from '../../throttle/login-buckets.ts';
import type { LoginThrottle } from '../../throttle/login-throttle.ts';
import type { LimitState } from '../../throttle/throttle.ts';
import { clientNameProblem } from '../../values/client-fields.ts';
import type { ActiveUser } from '../active-user.ts';
import { runCallback, toCallbackError } from '../app-callback.ts';
import type { Operation, UnderWay } from '../under-way.ts';

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
  /** Returns the client's name as it was given, not yet checked. */
  readonly resolveClient: () => unknown;
}

/** A user with right credentials. */
export interface VerifiedUser {
  /** As `verifyCredentials` returned it. */
  readonly user: object;
  readonly userId: unknown;
  readonly clientName: string;
  /** Began before the verification. */
  readonly operation: Pick<Operation, 'isOvertakenFor'>;
  /** Returns what the user's credentials must still be; `null`: they have changed already. */
  readonly readCredentials: (() => Promise<CredentialsDigest | null>) | null;
}

export type Refused = { readonly outcome: 'refused' } & Pick<DurinEvents['loginFailed'], 'code' | 'userId'> & {
    /** The error that `verifyCredentials` threw instead of returning `null`. */
    readonly error?: TRPCError;
  };

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
    const { input, ctx, onLimit, resolveClient } = attempt;
    const named = nameClient(await runCallback(resolveClient));
    const hasClient = named.outcome === 'named';
    const userNames = hasClient ? rules.loginUserNames(input) : [];
    const typedName = hasClient ? rules.typedName(input) : null;
    const counted = { userNames, typedName, hasClient, origin: DurinRequest.originOf(ctx.durin), onLimit };
    const verifyAndProceed = async (clientName: string) => {
      const verified = await verify(attempt, operation, clientName);
      return 'user' in verified ? proceed(verified) : verified;
    };
    const run = () =>
      hasClient
        ? refusalTime.run(() => verifyAndProceed(named.clientName), isRefused)
        : Promise.resolve({ result: named, over: Promise.resolve() });
    const { result, over } = await throttle.run<EvenResult<T | Refused>>(counted, run, judge);
    await over;
    return result;
  }

  async function verify(
    { input, ctx }: Attempt,
    operation: Operation,
    clientName: string,
  ): Promise<VerifiedUser | Refused> {
    const user = await verifyCredentials(input, ctx);
    if (user instanceof TRPCError) return { ...refused('INVALID_CREDENTIALS', null), error: user };
    if (user === null) return refused('INVALID_CREDENTIALS', null);
    const userId = rules.userKeyOf(user);
    const { credentials } = rules;
    const readCredentials = credentials && (() => credentials.confirm(userId, user));
    return { user, userId, clientName, operation, readCredentials };
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

/** What is true of a verified user's credentials. */
export type Confirmation =
  | { readonly isConfirmed: false }
  | { readonly isConfirmed: true; readonly credentials?: CredentialsDigest };

/** Confirms that a verified user is active, and that neither the credentials changed nor the user's sessions ended meanwhile. */
export type ConfirmUser = (verified: VerifiedUser) => Promise<Confirmation>;

export function createConfirmUser({ isActiveAsGiven }: Pick<ActiveUser, 'isActiveAsGiven'>): ConfirmUser {
  return async function confirmUser({ user, userId, clientName, operation, readCredentials }) {
    if (!(await isActiveAsGiven(userId, user))) return { isConfirmed: false };
    const credentials = readCredentials && (await readCredentials());
    const hasChanged = readCredentials !== null && credentials === null;
    if (hasChanged || operation.isOvertakenFor(userId, clientName)) return { isConfirmed: false };
    return { isConfirmed: true, ...(credentials !== null && { credentials }) };
  };
}

export function refused(code: Refused['code'], userId: unknown): Refused {
  return { outcome: 'refused', code, userId };
}

/** The refusal as the caller gets it. */
export function toRefusal({ code, error }: Refused): TRPCError {
  return error ?? new DurinError(code);
}

/** @param given the client's name as it was given, not yet checked */
function nameClient(given: unknown) {
  if (given === undefined || given === null || given === '') return refused('NO_CLIENT', null);
  if (typeof given !== 'string' || clientNameProblem(given) !== null) return refused('UNKNOWN_CLIENT', null);
  return { outcome: 'named', clientName: given } as const;
}

export function isRefused(result: { readonly outcome: string }): result is Refused {
  return result.outcome === 'refused';
}

function judge({ result }: EvenResult<{ readonly outcome: string }>): LoginVerdict {
  if (!isRefused(result)) return 'accepted';
  return result.code === 'INVALID_CREDENTIALS' ? 'wrong-guess' : 'wrong-client';
}
