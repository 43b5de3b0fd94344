import type { TRPCBuiltRouter } from '@trpc/server';
import type { DurinContext } from '../request.ts';
import type { DurinErrorShape, DurinMutation, DurinQuery } from '../trpc.ts';
import type {
  ClientCreateInput,
  ClientListInput,
  ClientNameInput,
  ClientUpdateInput,
  TokenIdInput,
  TokenIssueInput,
  TokenListInput,
  UsageDaysInput,
  UserInput,
  UserSearchInput,
} from './admin-inputs.ts';
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

// A type, not an interface: a router's record must have an index signature.
export type DurinAdminRouterRecord = {
  whoami: DurinQuery<void, AdminView>;
  clients: {
    list: DurinQuery<ClientListInput, ClientPage>;
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
