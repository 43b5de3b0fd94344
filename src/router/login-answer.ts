import type { DurinContext } from '../request/durin-request.ts';
import type { Auth, SessionRecord } from '../session.ts';
import { runCallback } from '../tokens/app-callback.ts';
import type { SignedInUser } from '../tokens/sign-in.ts';

/** What the option `loginResponse` is called with. */
export interface LoginOutcome {
  readonly user: object;
  readonly auth: Auth;
  readonly token: string;
  readonly ctx: DurinContext;
}

/** What `login` and `durin.signIn` return, as the app's options shape it. */
export type LoginAnswer = (signedIn: SignedInUser, ctx: DurinContext) => Promise<{ expiry: unknown }>;

export interface LoginAnswerDeps {
  readonly formatExpiry: (expiry: Date | null) => unknown;
  /** `null`: the answer has no `user`. */
  readonly serializeUser: ((user: object) => unknown) | null;
  /** `null`: the answer has no fields of the app's own. */
  readonly loginResponse: ((outcome: LoginOutcome) => unknown) | null;
  readonly toAuth: (record: SessionRecord) => Auth;
}

export function createLoginAnswer(deps: LoginAnswerDeps): LoginAnswer {
  const { formatExpiry, serializeUser, loginResponse, toAuth } = deps;

  return async function loginAnswer({ user, record, token }, ctx) {
    const extra = await runCallback(() => loginResponse?.({ user, auth: toAuth(record), token, ctx }));
    return {
      ...(extra as object | undefined),
      token,
      expiry: formatExpiry(record.expiresAt),
      ...(serializeUser && { user: await runCallback(() => serializeUser(user)) }),
    };
  };
}
