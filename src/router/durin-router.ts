import type { TRPCBuiltRouter } from '@trpc/server';
import type { DurinContext } from '../request/durin-request.ts';
import { type DurinErrorShape, type DurinMutation, type DurinQuery, t } from '../trpc/base-procedure.ts';
import type { Duration } from '../values/duration.ts';
import type { ApiAccessView, KeyView, SessionView } from '../wire.ts';
import { type ApiAccessDeps, createApiAccess } from './api-access.ts';
import { createKeys, type KeysDeps } from './keys/keys.ts';
import { createLogin, type LoginDeps } from './login.ts';
import { createLogout, createLogoutAll, type LogoutDeps } from './logout.ts';
import { createReauthenticateProcedure, type ReauthenticateProcedureDeps } from './reauthenticate.ts';
import { createRefresh, type RefreshDeps } from './refresh.ts';
import { createRouterProcedures, type RouterProcedureDeps } from './router-procedures.ts';
import { createSession, type SessionDeps } from './session.ts';
import { createSessions, type SessionsDeps } from './sessions.ts';

/**
 * The types of the router that depend on the app's options. They stand in the declarations of each app that exports its router,
 * so what can be derived is derived.
 */
export interface LoginTypes {
  /** What the option `loginInput` takes. */
  loginInput: object;
  /** Whether `login` also takes the client's name. */
  takesClient: boolean;
  loginOutput: { expiry: unknown };
  /** Whether `login` and `session` return the user, as `serializeUser` does. */
  returnsUser: boolean;
  clientName: string;
  scope: string;
}

/**
 * The input of `login`: the app's `loginInput`, the client's name unless the app has `resolveClient`, and the name that
 * `sessions.list` shows, at most 64 characters.
 */
type LoginInput<TLogin extends LoginTypes> = Flatten<
  TLogin['loginInput'] &
    (TLogin['takesClient'] extends true ? { client: TLogin['clientName'] } : object) & {
      deviceName?: string | undefined;
    }
>;

/** The output of `session`: what `login` returned of it, without the token and the app's own fields. */
type SessionOutput<TLogin extends LoginTypes> = Flatten<
  { id: string; expiry: TLogin['loginOutput']['expiry'] } & (TLogin extends {
    returnsUser: true;
    loginOutput: { user: infer TUser };
  }
    ? { user: TUser }
    : object)
>;

type Flatten<T> = { [K in keyof T]: T[K] } & {};

/** Which of the user's sessions a call is about. Default: all. */
export interface SessionScope {
  exceptApiAccess?: boolean | undefined;
}

/** Which client a call about keys is about. Only needed if there are several clients with `keys`. */
interface KeyClient<TClientName extends string> {
  client?: TClientName | undefined;
}

export interface KeyListInput<TClientName extends string = string> extends KeyClient<TClientName> {
  /** Only keys that were not used, or not created, within this time, such as `'90d'`. Default: all. */
  unusedFor?: Duration | undefined;
}

export interface KeyInput<TClientName extends string = string, TScope extends string = string>
  extends KeyClient<TClientName> {
  /** 1 to 64 characters. No other unexpired key of the user has it, without regard to case. */
  name: string;
  /** What the key may do, of what the session may. Default: all of its client's scopes that the session may pass on. */
  scopes?: readonly TScope[] | undefined;
  /** Its lifetime, such as `'30d'`; `null`: it never expires. Default: the option `keys.ttl`. */
  ttl?: Duration | null | undefined;
}

export interface KeyOf<TClientName extends string = string> extends KeyClient<TClientName> {
  id: string;
}

// A type, not an interface: a router's record must have an index signature.
export type DurinRouterRecord<TLogin extends LoginTypes> = {
  login: DurinMutation<LoginInput<TLogin>, TLogin['loginOutput']>;
  refresh: DurinMutation<void, { expiry: TLogin['loginOutput']['expiry']; token?: string }>;
  reauthenticate: DurinMutation<TLogin['loginInput'], void>;
  logout: DurinMutation<void, void>;
  logoutAll: DurinMutation<SessionScope | undefined, void>;
  session: DurinQuery<void, SessionOutput<TLogin> | null>;
  sessions: {
    list: DurinQuery<void, SessionView[]>;
    revoke: DurinMutation<{ id: string }, void>;
    rename: DurinMutation<{ id: string; name: string }, void>;
    revokeOthers: DurinMutation<SessionScope | undefined, { revoked: number }>;
  };
  keys: {
    list: DurinQuery<KeyListInput<TLogin['clientName']> | undefined, KeyView<TLogin['scope']>[]>;
    create: DurinMutation<
      KeyInput<TLogin['clientName'], TLogin['scope']>,
      KeyView<TLogin['scope']> & { token: string }
    >;
    rename: DurinMutation<KeyOf<TLogin['clientName']> & { name: string }, void>;
    revoke: DurinMutation<KeyOf<TLogin['clientName']>, void>;
    roll: DurinMutation<
      KeyOf<TLogin['clientName']> & { overlap?: Duration | undefined },
      KeyView<TLogin['scope']> & { token: string }
    >;
  };
  apiAccess: {
    get: DurinQuery<void, ApiAccessView>;
    create: DurinMutation<void, ApiAccessView & { token: string }>;
    delete: DurinMutation<void, void>;
  };
};

/** The router that an app mounts: `t.router({ auth: durinRouter })`. */
export type DurinRouter<TLogin extends LoginTypes> = TRPCBuiltRouter<
  { ctx: DurinContext; meta: object; errorShape: DurinErrorShape; transformer: false },
  DurinRouterRecord<TLogin>
>;

export type RouterDeps = RouterProcedureDeps &
  LoginDeps &
  RefreshDeps &
  ReauthenticateProcedureDeps &
  LogoutDeps &
  SessionDeps &
  SessionsDeps &
  KeysDeps &
  ApiAccessDeps;

export function createDurinRouter<TLogin extends LoginTypes>(deps: RouterDeps): DurinRouter<TLogin> {
  const procedures = createRouterProcedures(deps);
  const router = t.router({
    login: createLogin(procedures, deps),
    refresh: createRefresh(procedures, deps),
    reauthenticate: createReauthenticateProcedure(procedures, deps),
    logout: createLogout(procedures, deps),
    logoutAll: createLogoutAll(procedures, deps),
    // Whether there is a user depends on an option, which the types know and this code does not.
    session: createSession(procedures, deps) as DurinQuery<void, object | null> as DurinRouterRecord<TLogin>['session'],
    sessions: createSessions(procedures, deps),
    keys: createKeys(procedures, deps),
    apiAccess: createApiAccess(procedures, deps),
  });
  return router;
}
