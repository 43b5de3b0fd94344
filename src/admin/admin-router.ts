import type { TRPCBuiltRouter } from '@trpc/server';
import { createSqlAdminStore } from '../database/admin/sql-admin-store.ts';
import type { Internals } from '../durin/internals.ts';
import type { Health } from '../health/health.ts';
import type { DurinContext } from '../request/durin-request.ts';
import { type DurinErrorShape, type DurinMutation, type DurinQuery, t } from '../trpc/base-procedure.ts';
import type { ProcedurePolicy } from '../trpc/policies/policy-of.ts';
import type {
  ActiveUsersInput,
  AuditListInput,
  ClientCreateInput,
  ClientListInput,
  ClientNameInput,
  ClientNamesInput,
  ClientUpdateInput,
  DaysInput,
  KeyRenameInput,
  KeyRollInput,
  ScopeListInput,
  TokenIdInput,
  TokenIssueInput,
  TokenListInput,
  UsageDaysInput,
  UserInput,
  UserSearchInput,
} from './admin-inputs.ts';
import { createAdminProcedures, type IsAdmin } from './admin-procedures.ts';
import type {
  ActiveUserView,
  AdminTokenView,
  AdminView,
  AuditPage,
  CallDay,
  ClientCallsView,
  ClientPage,
  ClientRow,
  ClientUsage,
  IssuedTokenView,
  TokenPage,
  UsageDay,
  UserView,
} from './admin-views.ts';
import { createAuditProcedures } from './audit-procedures.ts';
import { createClientProcedures } from './client-procedures.ts';
import { createEmitAdminAction } from './emit-admin-action.ts';
import { createPolicyProcedures, type GetAppRouter } from './policy-procedures.ts';
import { createScopeProcedures } from './scope-procedures.ts';
import { createKeyProcedures } from './tokens/key-procedures.ts';
import { createTokenProcedures } from './tokens/token-procedures.ts';
import { createToTokenView } from './tokens/token-view.ts';
import { createUsageProcedures } from './usage-procedures.ts';
import { type AnyUserNaming, createUserDirectory } from './user-directory.ts';
import { createUserProcedures } from './user-procedures.ts';
import { createWhoami } from './whoami.ts';

// A type and not an interface: tRPC requires an index signature of a router record.
export type DurinAdminRouterRecord = {
  whoami: DurinQuery<void, AdminView>;
  health: DurinQuery<void, Health>;
  clients: {
    list: DurinQuery<ClientListInput, ClientPage>;
    names: DurinQuery<ClientNamesInput, string[]>;
    get: DurinQuery<ClientNameInput, ClientRow>;
    create: DurinMutation<ClientCreateInput, ClientRow>;
    update: DurinMutation<ClientUpdateInput, ClientRow>;
    delete: DurinMutation<ClientNameInput, { tokens: number }>;
  };
  tokens: {
    list: DurinQuery<TokenListInput, TokenPage>;
    get: DurinQuery<TokenIdInput, AdminTokenView>;
    issue: DurinMutation<TokenIssueInput, IssuedTokenView>;
    revoke: DurinMutation<TokenIdInput, void>;
    revokeAllOf: DurinMutation<UserInput, { revoked: number }>;
    purgeExpired: DurinMutation<void, { purged: number }>;
  };
  keys: {
    clients: DurinQuery<void, string[]>;
    rename: DurinMutation<KeyRenameInput, void>;
    roll: DurinMutation<KeyRollInput, IssuedTokenView>;
  };
  scopes: {
    list: DurinQuery<ScopeListInput, string[]>;
  };
  policy: {
    list: DurinQuery<void, ProcedurePolicy[] | null>;
  };
  users: {
    get: DurinQuery<UserInput, UserView>;
    search: DurinQuery<UserSearchInput, UserView[]>;
  };
  usage: {
    clients: DurinQuery<void, ClientUsage[]>;
    overTime: DurinQuery<UsageDaysInput, UsageDay[]>;
    calls: DurinQuery<UsageDaysInput, CallDay[] | null>;
    callsByClient: DurinQuery<DaysInput, ClientCallsView[] | null>;
    activeUsers: DurinQuery<ActiveUsersInput, ActiveUserView[] | null>;
  };
  audit: {
    list: DurinQuery<AuditListInput, AuditPage | null>;
  };
};

/** The router that `createDurinAdmin` returns. Mount it anywhere: `t.router({ admin: adminRouter })`. */
export type DurinAdminRouter = TRPCBuiltRouter<
  { ctx: DurinContext; meta: object; errorShape: DurinErrorShape; transformer: false },
  DurinAdminRouterRecord
>;

/** @param isAdmin decides who may call the router; `'command-line'`: everyone may */
export function createAdminRouter(
  internals: Internals,
  isAdmin: IsAdmin | 'command-line',
  naming: AnyUserNaming,
  getAppRouter: GetAppRouter = null,
): DurinAdminRouter {
  const store = createSqlAdminStore(internals.database, internals.schema);
  const users = createUserDirectory(internals, store, naming);
  const procedures = createAdminProcedures(internals, isAdmin);
  const toTokenView = createToTokenView({ ...internals, users });
  const emitAdminAction = createEmitAdminAction(internals.events);
  return t.router({
    whoami: createWhoami(procedures, users),
    health: procedures.query.query(() => internals.checkHealth()),
    clients: createClientProcedures(procedures, internals, store, emitAdminAction),
    tokens: createTokenProcedures(procedures, internals, store, users, toTokenView, emitAdminAction),
    keys: createKeyProcedures(procedures, internals, store, toTokenView, emitAdminAction),
    scopes: createScopeProcedures(procedures, internals.scopes),
    policy: createPolicyProcedures(procedures, internals.policyOf, getAppRouter),
    users: createUserProcedures(procedures, users),
    usage: createUsageProcedures(procedures, store, internals.usageStore, users, internals.now),
    audit: createAuditProcedures(procedures, internals, internals.auditStore, users),
  });
}
