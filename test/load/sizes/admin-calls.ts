import type { AuditListInput, TokenListInput } from '../../../src/admin/index.ts';
import type { Admin } from './sized-app.ts';

type AdminCalls = Record<string, (admin: Admin) => Promise<unknown>>;

/** The second page of a list. */
async function secondPage(admin: Admin, input: NonNullable<TokenListInput>) {
  const { nextCursor } = await admin.tokens.list(input);
  return admin.tokens.list({ ...input, cursor: nextCursor });
}

const tokensBy = (input: NonNullable<TokenListInput>) => (admin: Admin) => secondPage(admin, input);
const changes = (input: NonNullable<AuditListInput>) => (admin: Admin) => admin.audit.list(input);

/** Calls that read little more than what they show. They find it with an index, among any number of tokens. */
export const indexedCalls: AdminCalls = {
  'the newest tokens': tokensBy({}),
  'the oldest tokens': tokensBy({ order: 'asc' }),
  'tokens that expire last': tokensBy({ sort: 'expiry', order: 'desc' }),
  'tokens that expired first': tokensBy({ sort: 'expiry', order: 'asc' }),
  'tokens that were never used': tokensBy({ sort: 'lastUsedAt', order: 'asc' }),
  'valid tokens that were never used': tokensBy({ sort: 'lastUsedAt', order: 'asc', state: 'valid' }),
  'the newest valid tokens': tokensBy({ state: 'valid' }),
  'valid tokens that expire first': tokensBy({ state: 'valid', sort: 'expiry', order: 'asc' }),
  "a client's tokens": tokensBy({ client: 'client 4' }),
  "a client's expired tokens, the oldest first": tokensBy({ client: 'client 4', state: 'expired', order: 'asc' }),
  "a user's tokens by their last use": (admin) => admin.tokens.list({ user: 77, sort: 'lastUsedAt' }),
  "a user's expired tokens": (admin) => admin.tokens.list({ user: 77, state: 'expired' }),
  'the names of clients': (admin) => admin.clients.names({}),
  'the latest changes': changes({}),
  "a user's changes": changes({ user: 77 }),
  "a client's changes": changes({ client: 'client 4' }),
  'changes of a kind': changes({ action: 'issued' }),
  "a client's changes of a kind that is rare": changes({ client: 'client 4', action: 'rolled' }),
};

/** Calls that count, or that search for what no index contains. They read a part of a table, or the whole of it once. */
export const scanningCalls: AdminCalls = {
  'the newest expired tokens': (admin) => admin.tokens.list({ state: 'expired' }),
  'expired tokens that would expire last': (admin) =>
    admin.tokens.list({ state: 'expired', sort: 'expiry', order: 'desc' }),
  'the expired tokens that were used last': (admin) => admin.tokens.list({ state: 'expired', sort: 'lastUsedAt' }),
  'expired tokens that were never used': (admin) =>
    admin.tokens.list({ state: 'expired', sort: 'lastUsedAt', order: 'asc' }),
  'the tokens that were used last': (admin) => admin.tokens.list({ sort: 'lastUsedAt' }),
  'valid tokens that were used last': (admin) => admin.tokens.list({ state: 'valid', sort: 'lastUsedAt' }),
  "a client's tokens that were used last": (admin) => admin.tokens.list({ client: 'client 4', sort: 'lastUsedAt' }),
  "a client's tokens that were not used for too long": (admin) =>
    admin.tokens.list({ client: 'client 2', state: 'expired' }),
  'tokens of the users with a name': (admin) => admin.tokens.list({ search: 'user77' }),
  'users with a name': (admin) => admin.users.search({ search: 'user77' }),
  'users with a name that nobody has': (admin) => admin.users.search({ search: 'nobody' }),
  'clients with the numbers of their tokens': (admin) => admin.clients.list({}),
  'clients by the numbers of their tokens': (admin) => admin.clients.list({ sort: 'tokens' }),
  'tokens by client': (admin) => admin.usage.clients(),
  'tokens by day': (admin) => admin.usage.overTime({ days: 30 }),
  "a client's tokens by day": (admin) => admin.usage.overTime({ days: 30, client: 'client 4' }),
  'calls by day': (admin) => admin.usage.calls({ days: 30 }),
  "a client's calls by day": (admin) => admin.usage.calls({ days: 30, client: 'client 1' }),
  'calls by client': (admin) => admin.usage.callsByClient({ days: 30 }),
  'the most active users': (admin) => admin.usage.activeUsers({ days: 30 }),
};
