import type { TRPCBuiltRouter } from '@trpc/server';
import type { DurinContext } from '../request/durin-request.ts';
import { type DurinErrorShape, type DurinMutation, type DurinQuery, t } from '../trpc/base-procedure.ts';
import type { ApiAccessView, SessionView } from '../wire.ts';
import { type ApiAccessParts, createApiAccess } from './api-access.ts';
import { createLogin, type LoginParts } from './login.ts';
import { createLogout, createLogoutAll, type LogoutParts } from './logout.ts';
import { createRefresh, type RefreshParts } from './refresh.ts';
import { createRouterProcedures, type RouterProcedureParts } from './router-procedures.ts';
import { createSessions, type SessionsParts } from './sessions.ts';

/** The types of `login` and `refresh`, which the app's options decide. */
export interface LoginTypes {
  loginInput: object;
  loginOutput: object;
  expiry: unknown;
}

/** Which of a user's sessions a call is about. Left out: all. */
export interface SessionScope {
  exceptApiAccess?: boolean | undefined;
}

// A type, not an interface: a router's record must have an index signature.
export type DurinRouterRecord<TLogin extends LoginTypes> = {
  login: DurinMutation<TLogin['loginInput'], TLogin['loginOutput']>;
  refresh: DurinMutation<void, { expiry: TLogin['expiry'] }>;
  logout: DurinMutation<void, void>;
  logoutAll: DurinMutation<SessionScope | undefined, void>;
  sessions: {
    list: DurinQuery<void, SessionView[]>;
    revoke: DurinMutation<{ id: string }, void>;
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

export type RouterParts = RouterProcedureParts &
  LoginParts &
  RefreshParts &
  LogoutParts &
  SessionsParts &
  ApiAccessParts;

export function createDurinRouter<TLogin extends LoginTypes>(parts: RouterParts): DurinRouter<TLogin> {
  const procedures = createRouterProcedures(parts);
  const router = t.router({
    login: createLogin(procedures, parts),
    refresh: createRefresh(procedures, parts),
    logout: createLogout(procedures, parts),
    logoutAll: createLogoutAll(procedures, parts),
    sessions: createSessions(procedures, parts),
    apiAccess: createApiAccess(procedures, parts),
  });
  return router; // inside, what `login` takes and gives has no app's types
}
