import type { EventSink } from '../../events.ts';
import type { DurinContext } from '../../request/durin-request.ts';
import { sessionNameProblem } from '../../session.ts';
import type { LimitState } from '../../throttle/throttle.ts';
import { runCallback } from '../app-callback.ts';
import type { NameClient } from '../verification/name-client.ts';
import type { LoginInput, VerifyUser } from '../verification/verify-user.ts';
import { concludeSignIn, type SignedInUser, type SignIn } from './sign-in.ts';

export interface LogInDeps {
  readonly verifyUser: VerifyUser;
  readonly signIn: SignIn;
  readonly events: EventSink;
  readonly nameClient: NameClient;
  /** The app's callback. It returns the client's name as it was given, not yet checked. */
  readonly resolveClient: (input: LoginInput, ctx: DurinContext) => unknown;
}

/**
 * Logs a user in: the client is named, the attempt is within its limits, the credentials are verified, and the user is
 * signed in.
 * @throws DurinError NO_CLIENT, UNKNOWN_CLIENT, CLIENT_NOT_ALLOWED, CROSS_SITE, COOKIE_UNAVAILABLE, INVALID_CREDENTIALS,
 *   SESSION_LIMIT, THROTTLED, STORE_UNAVAILABLE
 */
export type LogIn = (
  input: LoginInput,
  ctx: DurinContext,
  onLimit: (state: LimitState) => void,
) => Promise<SignedInUser>;

export function createLogIn({ verifyUser, signIn, events, nameClient, resolveClient }: LogInDeps): LogIn {
  return async function logIn(input, ctx, onLimit) {
    const attempt = {
      input,
      ctx,
      onLimit,
      nameClient: async () => nameClient(await runCallback(() => resolveClient(input, ctx)), ctx),
    };
    const deviceName = deviceNameOf(input);
    const result = await verifyUser(attempt, (verified) => signIn({ ...verified, deviceName, origin: ctx.durin }));
    return concludeSignIn(result, ctx.durin, events);
  };
}

/** An app's own `loginInput` may use that name for something else. */
function deviceNameOf({ deviceName }: LoginInput): string | null {
  return sessionNameProblem(deviceName) === null ? String(deviceName) : null;
}
