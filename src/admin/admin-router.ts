import type { TRPCBuiltRouter } from '@trpc/server';
import { createSqlAdminStore } from '../database/admin/sql-admin-store.ts';
import type { Internals } from '../internals.ts';
import type { DurinContext } from '../request/durin-request.ts';
import { type DurinErrorShape, type DurinMutation, type DurinQuery, t } from '../trpc/base-procedure.ts';
import type {
  ClientCreateInput,
  ClientListInput,
  ClientNameInput,
  ClientNamesInput,
  ClientUpdateInput,
  TokenIdInput,
  TokenIssueInput,
  TokenListInput,
  UsageDaysInput,
  UserInput,
  UserSearchInput,
} from './admin-inputs.ts';
import { createAdminProcedures, type IsAdmin } from './admin-procedures.ts';
import type {
  AdminTokenView,
  AdminView,
  ClientPage,
  ClientRow,
  ClientUsage,
  IssuedTokenView,
  TokenPage,
  UsageDay,
  UserView,
} from './admin-views.ts';
import { createClientProcedures } from './clients.ts';
import { createTellAction } from './tell-action.ts';
import { createTokenProcedures } from './tokens.ts';
import { createUsageProcedures } from './usage.ts';
import { type AnyUserNaming, createUserDirectory } from './user-directory.ts';
import { createUserProcedures } from './users.ts';
import { createWhoami } from './whoami.ts';

// A type, not an interface: a router's record must have an index signature.
export type DurinAdminRouterRecord = {
  whoami: DurinQuery<void, AdminView>;
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
  users: {
    get: DurinQuery<UserInput, UserView>;
    search: DurinQuery<UserSearchInput, UserView[]>;
  };
  usage: {
    clients: DurinQuery<void, ClientUsage[]>;
    overTime: DurinQuery<UsageDaysInput, UsageDay[]>;
  };
};

/** The router of `createDurinAdmin`, to be mounted anywhere: `t.router({ admin: adminRouter })`. */
export type DurinAdminRouter = TRPCBuiltRouter<
  { ctx: DurinContext; meta: object; errorShape: DurinErrorShape; transformer: false },
  DurinAdminRouterRecord
>;

/** @param isAdmin who may call it; `'command-line'`: whoever has it */
export function createAdminRouter(
  access: Internals,
  isAdmin: IsAdmin | 'command-line',
  naming: AnyUserNaming,
): DurinAdminRouter {
  const store = createSqlAdminStore(access.database, access.schema);
  const users = createUserDirectory(access, store, naming);
  const procedures = createAdminProcedures(access, isAdmin);
  const tell = createTellAction(access.events);
  return t.router({
    whoami: createWhoami(procedures, users),
    clients: createClientProcedures(procedures, access, store, tell),
    tokens: createTokenProcedures(procedures, access, store, users, tell),
    users: createUserProcedures(procedures, users),
    usage: createUsageProcedures(procedures, store, access.now),
  });
}
