import type { UserCredentials } from '../database/tokens/user-credentials.ts';
import { DurinUsageError } from '../errors.ts';
import type { EventSink } from '../events.ts';
import type { Actors } from '../records/actors.ts';
import type { DurinContext } from '../request/durin-request.ts';
import { type Auth, type SessionRecord, sessionNameProblem } from '../session.ts';
import { concludeSignIn, type SignIn } from '../tokens/logins/sign-in.ts';
import type { UnderWay } from '../tokens/under-way.ts';
import type { NameClient } from '../tokens/verification/name-client.ts';
import type { AppTypes } from '../trpc/builders.ts';
import type { RequestState } from '../trpc/request-state.ts';
import type { LoginAnswer } from './login-answer.ts';

/** What `durin.signIn` takes. */
export interface SignInRequest<TApp extends AppTypes> {
  user: TApp['userEntity'];
  client: TApp['clientName'];
  /** The name that `sessions.list` shows, at most 64 characters. Default: none. */
  deviceName?: string | undefined;
  ctx: DurinContext;
  batchIndex?: number | undefined;
}

/** `durin.signIn`, without the app's types. */
export type SignInUser = (request: {
  readonly user: object;
  readonly client: string;
  readonly deviceName?: string | undefined;
  readonly ctx: DurinContext;
  readonly batchIndex?: number | undefined;
}) => Promise<object>;

export interface SignInUserDeps {
  readonly signIn: SignIn;
  readonly signInsUnderWay: UnderWay;
  readonly nameClient: NameClient;
  /** `null`: the app does not set `credentialFields`. */
  readonly credentials: Pick<UserCredentials, 'current'> | null;
  readonly userKeyOf: (user: object) => unknown;
  readonly stateOf: (ctx: DurinContext) => RequestState;
  readonly loginAnswer: LoginAnswer;
  readonly toAuth: (record: SessionRecord) => Auth;
  /** `null`: there is no audit. */
  readonly actors: Pick<Actors, 'asVisitor'> | null;
  readonly events: EventSink;
}

export function createSignInUser(deps: SignInUserDeps): SignInUser {
  const { signIn, signInsUnderWay, nameClient, credentials, userKeyOf, stateOf, loginAnswer, toAuth, actors, events } =
    deps;

  return async function signInUser({ user, client, deviceName, ctx, batchIndex = 0 }) {
    const state = stateOf(ctx);
    if (typeof user !== 'object' || user === null)
      throw new DurinUsageError('signIn: user must be the user entity, and not its key');
    const nameProblem = deviceName === undefined ? null : sessionNameProblem(deviceName);
    if (nameProblem !== null) throw new DurinUsageError(`signIn: deviceName: ${nameProblem}`);
    const userId = userKeyOf(user);
    const operation = signInsUnderWay.begin();
    try {
      const work = () => state.change(batchIndex, () => signInOnce(), 'login');
      return await (actors === null ? work() : actors.asVisitor(ctx.durin, work));
    } finally {
      operation.finish();
    }

    async function signInOnce(): Promise<object> {
      const named = nameClient(client, ctx);
      const readCredentials = credentials && (() => credentials.current(userId));
      const request = { user, userId, deviceName: deviceName ?? null, origin: ctx.durin, operation, readCredentials };
      const result = named.outcome === 'named' ? await signIn({ ...request, clientName: named.clientName }) : named;
      const signedIn = concludeSignIn(result, ctx.durin, events);
      return { ...(await loginAnswer(signedIn, { ctx, batchIndex })), auth: toAuth(signedIn.record) };
    }
  };
}
