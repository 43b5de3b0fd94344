import type { BoundedByTimeout } from '../../database/database-timeout.ts';
import type { TokenStore } from '../../database/token-store.ts';
import type { EventSink } from '../../events.ts';
import type { LoginThrottle } from '../../throttle/login-throttle.ts';
import type { ActiveUser } from '../active-user.ts';
import type { IssueToken } from '../issue-token.ts';
import type { UnderWay } from '../under-way.ts';
import { createConfirmUser } from '../verification/confirm-user.ts';
import type { NameClient } from '../verification/name-client.ts';
import { createReauthenticate } from '../verification/reauthenticate.ts';
import { createVerifyUser, type VerificationRules } from '../verification/verify-user.ts';
import { createLogIn, type LogInDeps } from './log-in.ts';
import { createSignIn, type SignInDeps } from './sign-in.ts';

export interface LoginsDeps {
  readonly store: Pick<TokenStore, 'reauthenticate'>;
  readonly loginThrottle: LoginThrottle;
  readonly activeUser: Pick<ActiveUser, 'isActiveAsGiven'>;
  readonly issueToken: IssueToken;
  readonly nameClient: NameClient;
  readonly signInsUnderWay: UnderWay;
  readonly issuesUnderWay: UnderWay;
  readonly rules: VerificationRules;
  readonly resolveClient: LogInDeps['resolveClient'];
  readonly onConflict: SignInDeps['onConflict'];
  readonly isSameUser: (userId: unknown, otherId: unknown) => boolean;
  readonly events: EventSink;
  readonly bounded: BoundedByTimeout;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** Creates what users do to confirm who they are: log in, sign in otherwise, and reauthenticate. */
export function createLogins(deps: LoginsDeps) {
  const verifyUser = createVerifyUser({ ...deps, throttle: deps.loginThrottle });
  const confirmUser = createConfirmUser(deps.activeUser);
  const signIn = createSignIn({ ...deps, confirmUser });
  return {
    signIn,
    logIn: createLogIn({ ...deps, verifyUser, signIn }),
    reauthenticate: createReauthenticate({ ...deps, verifyUser, confirmUser }),
  };
}
