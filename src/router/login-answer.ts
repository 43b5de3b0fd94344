import type { DurinContext } from '../request/durin-request.ts';
import type { CookieCall, SessionCookies } from '../request/session-cookies.ts';
import type { Auth, SessionRecord } from '../session.ts';
import { runCallback } from '../tokens/app-callback.ts';
import type { SignedInUser } from '../tokens/logins/sign-in.ts';
import type { RequestState } from '../trpc/request-state.ts';

/** What the option `loginResponse` is called with. */
export interface LoginOutcome {
  readonly user: object;
  readonly auth: Auth;
  /** `null`: the browser has it in the session cookie. */
  readonly token: string | null;
  readonly ctx: DurinContext;
}

/**
 * Signs the later calls of the batch in, and returns what `login` and `durin.signIn` return, as the app's options shape it.
 * @throws DurinError COOKIE_UNAVAILABLE if the answer was sent meanwhile; TRPCError what the app's callbacks throw
 */
export type LoginAnswer = (signedIn: SignedInUser, call: CookieCall) => Promise<{ expiry: unknown }>;

export interface LoginAnswerDeps {
  readonly formatExpiry: (expiry: Date | null) => unknown;
  /** `null`: the answer has no `user`. */
  readonly serializeUser: ((user: object) => unknown) | null;
  /** `null`: the answer has no fields of the app's own. */
  readonly loginResponse: ((outcome: LoginOutcome) => unknown) | null;
  readonly sessionCookies: SessionCookies;
  readonly stateOf: (ctx: DurinContext) => RequestState;
  readonly toAuth: (record: SessionRecord) => Auth;
}

export function createLoginAnswer(deps: LoginAnswerDeps): LoginAnswer {
  const { formatExpiry, serializeUser, loginResponse, sessionCookies, stateOf, toAuth } = deps;

  return async function loginAnswer({ user, record, token: issued }, call) {
    const { ctx, batchIndex } = call;
    const isCookie = sessionCookies.isUsedBy(record.client.name);
    stateOf(ctx).useToken(batchIndex, issued, isCookie);
    const token = isCookie ? null : issued;
    const extra = await runCallback(() => loginResponse?.({ user, auth: toAuth(record), token, ctx }));
    const answer = {
      ...(extra as object | undefined),
      token,
      ...(sessionCookies.areUsed && { id: record.id }),
      expiry: formatExpiry(record.expiresAt),
      ...(serializeUser && { user: await runCallback(() => serializeUser(user)) }),
    };
    if (isCookie) sessionCookies.set({ token: issued, latestExpiry: record.latestExpiry }, call);
    return answer;
  };
}
