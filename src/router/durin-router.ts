import type { TRPCBuiltRouter } from '@trpc/server';
import type { DurinContext } from '../request/durin-request.ts';
import { type DurinErrorShape, type DurinMutation, type DurinQuery, t } from '../trpc/base-procedure.ts';
import type { ApiAccessView, SessionView } from '../wire.ts';
import { type ApiAccessDeps, createApiAccess } from './api-access.ts';
import { createLogin, type LoginDeps } from './login.ts';
import { createLogout, createLogoutAll, type LogoutDeps } from './logout.ts';
import { createReauthenticateProcedure, type ReauthenticateProcedureDeps } from './reauthenticate.ts';
import { createRefresh, type RefreshDeps } from './refresh.ts';
import { createRouterProcedures, type RouterProcedureDeps } from './router-procedures.ts';
import { createSessions, type SessionsDeps } from './sessions.ts';

/** The types of `login`, `reauthenticate` and `refresh`, which depend on the app's options. */
export interface LoginTypes {
  loginInput: object;
  reauthenticateInput: object;
  loginOutput: object;
  expiry: unknown;
}

/** Which of the user's sessions a call is about. Default: all. */
export interface SessionScope {
  exceptApiAccess?: boolean | undefined;
}

// A type, not an interface: a router's record must have an index signature.
export type DurinRouterRecord<TLogin extends LoginTypes> = {
  login: DurinMutation<TLogin['loginInput'], TLogin['loginOutput']>;
  refresh: DurinMutation<void, { expiry: TLogin['expiry']; token?: string }>;
  reauthenticate: DurinMutation<TLogin['reauthenticateInput'], void>;
  logout: DurinMutation<void, void>;
  logoutAll: DurinMutation<SessionScope | undefined, void>;
  sessions: {
    list: DurinQuery<void, SessionView[]>;
    revoke: DurinMutation<{ id: string }, void>;
    rename: DurinMutation<{ id: string; name: string }, void>;
    revokeOthers: DurinMutation<SessionScope | undefined, { revoked: number }>;
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
  SessionsDeps &
  ApiAccessDeps;

export function createDurinRouter<TLogin extends LoginTypes>(deps: RouterDeps): DurinRouter<TLogin> {
  const procedures = createRouterProcedures(deps);
  const router = t.router({
    login: createLogin(procedures, deps),
    refresh: createRefresh(procedures, deps),
    reauthenticate: createReauthenticateProcedure(procedures, deps),
    logout: createLogout(procedures, deps),
    logoutAll: createLogoutAll(procedures, deps),
    sessions: createSessions(procedures, deps),
    apiAccess: createApiAccess(procedures, deps),
  });
  return router;
}
