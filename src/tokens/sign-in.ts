import { TRPCError } from '@trpc/server';
import { isOutage, isUnstorable } from '../database/failures.ts';
import type { OnConflict } from '../database/token-store.ts';
import { DurinError } from '../errors.ts';
import type { DurinEvents, EventSink } from '../events.ts';
import type { DurinContext } from '../request/durin-request.ts';
import type { SessionRecord } from '../session.ts';
import type { LoginThrottle } from '../throttle/login-throttle.ts';
import type { LimitState } from '../throttle/throttle.ts';
import { faultOfClientName } from '../values/client-fields.ts';
import type { UserActivity } from './active-user.ts';
import type { IssueToken } from './issue-token.ts';
import { toTokenEvent } from './token-event.ts';

type LoginInput = Readonly<Record<string, unknown>>;

/** The app's callbacks, bound to its options. */
export interface SignInRules {
  readonly verifyCredentials: (input: LoginInput, ctx: DurinContext) => Promise<object | null | undefined>;
  /** The client's name as it was given. */
  readonly resolveClient: (input: LoginInput, ctx: DurinContext) => Promise<unknown>;
  readonly userKeyOf: (user: object) => unknown;
  readonly loginUserKey: (input: LoginInput) => string | null;
  readonly onConflict: OnConflict;
}

export interface SignInDeps {
  readonly activity: Pick<UserActivity, 'isActiveAsGiven'>;
  readonly issueToken: IssueToken;
  readonly throttle: LoginThrottle;
  readonly events: EventSink;
  readonly rules: SignInRules;
}

export interface SignedInUser {
  /** As `verifyCredentials` gave it. */
  readonly user: object;
  readonly record: SessionRecord;
  readonly token: string;
}

type Refusal = Pick<DurinEvents['loginFailed'], 'code' | 'userId'> & {
  /** What `verifyCredentials` refused with, in place of `null`. */
  readonly error?: TRPCError;
};

/** tRPC's codes by which an app refuses credentials in words of its own. */
const refusing: ReadonlySet<string> = new Set(['UNAUTHORIZED', 'FORBIDDEN']);

/**
 * Client named, credentials verified, user active, token issued.
 * @throws DurinError NO_CLIENT, UNKNOWN_CLIENT, INVALID_CREDENTIALS, THROTTLED, STORE_UNAVAILABLE
 */
export type SignIn = (input: LoginInput, ctx: DurinContext, note: (state: LimitState) => void) => Promise<SignedInUser>;

export function createSignIn({ activity, issueToken, throttle, events, rules }: SignInDeps): SignIn {
  return async function signIn(input, ctx, note) {
    const { ipAddress, userAgent } = ctx.durin;
    const origin = { ipAddress, userAgent };
    const clientName = await rules.resolveClient(input, ctx);
    if (clientName === undefined || clientName === null || clientName === '')
      throw refuse({ code: 'NO_CLIENT', userId: null });
    if (typeof clientName !== 'string' || faultOfClientName(clientName) !== null)
      throw refuse({ code: 'UNKNOWN_CLIENT', userId: null });

    const attempt = { userName: rules.loginUserKey(input), origin, note };
    const result = await throttle.run(attempt, () => verify(input, ctx, clientName), isWrongGuess);
    if ('code' in result) throw refuse(result);
    const { record, isNewToken } = result;
    events.emit('loggedIn', { ...toTokenEvent(record), isNewToken, ...origin });
    return result;

    function refuse({ code, userId, error }: Refusal): TRPCError {
      events.emit('loginFailed', { code, userId, ...origin });
      return error ?? new DurinError(code);
    }
  };

  async function verify(
    input: LoginInput,
    ctx: DurinContext,
    clientName: string,
  ): Promise<Refusal | (SignedInUser & { readonly isNewToken: boolean })> {
    const user = await verifyCredentials(input, ctx);
    if (user instanceof TRPCError) return { code: 'INVALID_CREDENTIALS', userId: null, error: user };
    if (!user) return { code: 'INVALID_CREDENTIALS', userId: null };
    const userId = rules.userKeyOf(user);
    if (!(await activity.isActiveAsGiven(userId, user))) return { code: 'INVALID_CREDENTIALS', userId };

    const { ipAddress, userAgent } = ctx.durin;
    const order = { userId, clientName, onConflict: rules.onConflict, onlyIfActive: true, ipAddress, userAgent };
    const issued = await issueToken(order);
    if (issued.outcome === 'unknown-client') return { code: 'UNKNOWN_CLIENT', userId };
    if (!('record' in issued)) return { code: 'INVALID_CREDENTIALS', userId };
    return { user, record: issued.record, token: issued.token, isNewToken: issued.outcome === 'issued' };
  }

  async function verifyCredentials(input: LoginInput, ctx: DurinContext): Promise<object | null | undefined> {
    try {
      return await rules.verifyCredentials(input, ctx);
    } catch (cause) {
      if (cause instanceof TRPCError && refusing.has(cause.code)) return cause;
      if (cause instanceof TRPCError) throw cause;
      if (isUnstorable(cause)) return null;
      if (isOutage(cause)) throw new DurinError('STORE_UNAVAILABLE', { cause });
      throw cause;
    }
  }
}

function isWrongGuess(result: Refusal | SignedInUser): boolean {
  return 'code' in result && result.code === 'INVALID_CREDENTIALS';
}
