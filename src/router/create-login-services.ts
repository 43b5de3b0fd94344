import type { Database } from '../database/database.ts';
import { withDatabaseTimeout } from '../database/database-timeout.ts';
import type { Schema } from '../database/schema.ts';
import { createLoadUser, type LoadUserRules } from '../database/tokens/load-user.ts';
import type { UserCredentials } from '../database/tokens/user-credentials.ts';
import type { CookieSettings } from '../request/cookie-settings.ts';
import type { DurinContext } from '../request/durin-request.ts';
import { createSessionCookies } from '../request/session-cookies.ts';
import type { KeyClients } from '../tokens/keys/key-rules.ts';
import { createLogins, type LoginsDeps } from '../tokens/logins/create-logins.ts';
import { createNameClient } from '../tokens/verification/name-client.ts';
import type { VerificationRules } from '../tokens/verification/verify-user.ts';
import { createLoginAnswer, type LoginAnswerDeps } from './login-answer.ts';
import { createSignInUser, type SignInUserDeps } from './sign-in-user.ts';

type Input = Parameters<VerificationRules['verifyCredentials']>[0];
type VerifiedUser = object | null | undefined;

/** What the app's options say about logins. */
interface LoginServicesSettings extends LoadUserRules {
  readonly cookies: CookieSettings | null;
  readonly databaseTimeoutMs: number;
  readonly formatExpiry: LoginAnswerDeps['formatExpiry'];
  readonly login: {
    readonly verifyCredentials: (args: {
      input: Input;
      em: ReturnType<Database['fork']>;
      ctx: DurinContext;
    }) => VerifiedUser | Promise<VerifiedUser>;
    /** `null`: the input names the client. */
    readonly resolveClient: ((args: { input: Input; ctx: DurinContext }) => unknown) | null;
    readonly userNames: VerificationRules['loginUserNames'];
    readonly typedName: VerificationRules['typedName'];
    readonly onConflict: LoginsDeps['onConflict'];
    readonly serializeUser: LoginAnswerDeps['serializeUser'];
    readonly response: LoginAnswerDeps['loginResponse'];
  };
}

export interface LoginServicesDeps
  extends Omit<LoginsDeps, 'nameClient' | 'rules' | 'resolveClient' | 'onConflict' | 'isSameUser'>,
    Pick<SignInUserDeps, 'stateOf' | 'toAuth' | 'actors'> {
  readonly settings: LoginServicesSettings;
  readonly schema: Schema;
  readonly database: Database;
  /** `null`: the app does not set `credentialFields`. */
  readonly credentials: UserCredentials | null;
  readonly keyClients: Pick<KeyClients, 'rulesOf'>;
}

/** Creates logins and their answers, over the app's options: with or without a password, and with the token or its cookie. */
export function createLoginServices(deps: LoginServicesDeps) {
  const { settings, schema, database, credentials, keyClients, stateOf, toAuth, now } = deps;
  const { databaseTimeoutMs, formatExpiry } = settings;
  const { verifyCredentials, resolveClient, userNames, typedName, onConflict, serializeUser, response } =
    settings.login;
  const { userKeyOf, isSameUser } = schema;

  const sessionCookies = createSessionCookies(settings.cookies, now);
  const nameClient = createNameClient({ keyClients, sessionCookies });
  const { signIn, logIn, reauthenticate } = createLogins({
    ...deps,
    nameClient,
    rules: {
      verifyCredentials: (input, ctx) =>
        withDatabaseTimeout(databaseTimeoutMs, () => verifyCredentials({ input, em: database.fork(), ctx })),
      userKeyOf,
      credentials,
      loginUserNames: userNames,
      typedName,
    },
    resolveClient: (input, ctx) => (resolveClient === null ? input['client'] : resolveClient({ input, ctx })),
    onConflict,
    isSameUser,
  });
  const loginAnswer = createLoginAnswer({
    formatExpiry,
    serializeUser,
    loginResponse: response,
    sessionCookies,
    stateOf,
    toAuth,
  });
  const signInUser = createSignInUser({ ...deps, signIn, nameClient, userKeyOf, loginAnswer });
  const loadUser = createLoadUser(database, schema, settings);
  return { sessionCookies, logIn, reauthenticate, loginAnswer, signInUser, serializeUser, loadUser };
}
