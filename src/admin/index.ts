export type {
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
export type { AdminPageOptions, DurinAdminOptions, UserNaming } from './admin-options.ts';
export type { DurinAdminRouter, DurinAdminRouterRecord } from './admin-router.ts';
export type {
  ActiveUserView,
  AdminTokenView,
  AdminView,
  AuditPage,
  AuditView,
  CallDay,
  ClientCallsView,
  ClientPage,
  ClientRow,
  ClientUsage,
  IssuedTokenView,
  TokenPage,
  UsageDay,
  UserId,
  UserView,
} from './admin-views.ts';
export { createDurinAdmin, type DurinAdmin } from './create-durin-admin.ts';
export type { AdminPage } from './page/page-adapter.ts';
