import type { AdminStore, OwnedTokenRow } from '../database/admin/admin-store.ts';
import { DurinError } from '../errors.ts';
import type { Internals } from '../internals.ts';
import { isSessionId } from '../session.ts';
import { toSessionTokenEvent, toTokenEvent } from '../tokens/token-event.ts';
import { parseDuration } from '../values/duration.ts';
import { viewExpiry } from '../values/expiry.ts';
import { tokenIdInput, tokenIssueInput, tokenListInput, userInput } from './admin-inputs.ts';
import type { AdminProcedures } from './admin-procedures.ts';
import type { AdminTokenView, IssuedTokenView, TokenPage } from './admin-views.ts';
import type { TellAction } from './tell-action.ts';
import { readCursor, writeCursor } from './token-cursor.ts';
import { type UserDirectory, userNotFound } from './user-directory.ts';

/** The most users that a search for tokens goes through. */
const maxOwners = 100;

export function createTokenProcedures(
  { query, mutation, lengthyMutation }: AdminProcedures,
  { issueToken, revoker, purge, now }: Internals,
  store: AdminStore,
  users: UserDirectory,
  tell: TellAction,
) {
  function toView(row: OwnedTokenRow): AdminTokenView {
    return {
      id: row.id,
      user: users.toView(row.owner),
      client: row.clientName,
      created: row.createdAt,
      ...viewExpiry(row.expiresAt, now()),
      lastUsedAt: row.lastUsedAt,
      ipAddress: row.ipAddress,
      userAgent: row.userAgent,
    };
  }

  /** Whose tokens are meant; `null`: everyone's. */
  async function ownersOf({ user, search }: { user?: string | number | undefined; search?: string | undefined }) {
    const found = search === undefined || search === '' ? null : await users.search(search, maxOwners + 1);
    const isCut = found !== null && found.length > maxOwners;
    const searched = found?.slice(0, maxOwners).map(({ key }) => key) ?? null;
    if (user === undefined) return { userKeys: searched, isSearchCut: isCut };
    const owner = await users.find(user);
    if (owner === null) return { userKeys: [], isSearchCut: false };
    const isFound = searched === null || searched.includes(owner.key);
    return { userKeys: isFound ? [owner.key] : [], isSearchCut: isCut && !isFound };
  }

  return {
    list: query.input(tokenListInput).query(async function listTokens({ input }): Promise<TokenPage> {
      const { client, state, sort, order, cursor, limit } = input;
      const after = cursor ? readCursor(cursor, input) : null;
      const { userKeys, isSearchCut } = await ownersOf(input);
      const filter = {
        userKeys,
        clientName: client ?? null,
        hasExpired: state === undefined ? null : state === 'expired',
      };
      const rows = await store.listTokens({ ...filter, sort, order, after, limit: limit + 1 }, now());
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const nextCursor = rows.length > limit && last !== undefined ? writeCursor(last, input) : null;
      return { items: page.map(toView), nextCursor, isSearchCut };
    }),

    get: query.input(tokenIdInput).query(async function getToken({ input: { id } }): Promise<AdminTokenView> {
      const row = isSessionId(id) ? await store.findToken(id) : null;
      if (row === null) throw new DurinError('TOKEN_NOT_FOUND');
      return toView(row);
    }),

    issue: mutation.input(tokenIssueInput).mutation(async function issueAToken({
      ctx,
      input,
    }): Promise<IssuedTokenView> {
      const { client, ttl } = input;
      const owner = await users.get(input.user);
      ctx.refuseIfLate();
      const own = ttl === undefined ? {} : { ttlSeconds: ttl === null ? null : parseDuration(ttl, 'ttl') };
      const order = { userId: owner.key, clientName: client, ipAddress: null, userAgent: null, ...own };
      const issued = await issueToken({ ...order, onConflict: 'replace' });
      if (issued.outcome === 'unknown-client') {
        throw new DurinError('UNKNOWN_CLIENT', { fields: { client: ['There is no client with that name.'] } });
      }
      if (!('record' in issued)) throw userNotFound(); // deleted since it was looked up
      const { record, token } = issued;
      const { id, createdAt, expiresAt } = record;
      tell(ctx.by, { action: 'token-issued', ...toSessionTokenEvent(record), expiry: expiresAt });
      const row = { id, owner, clientName: client, createdAt, expiresAt };
      return { token, session: toView({ ...row, lastUsedAt: null, ipAddress: null, userAgent: null }) };
    }),

    revoke: mutation.input(tokenIdInput).mutation(async function revokeToken({ ctx, input: { id } }): Promise<void> {
      const ended = isSessionId(id) ? await revoker.revoke({ id }, 'revoked') : null;
      if (ended === null) throw new DurinError('TOKEN_NOT_FOUND');
      tell(ctx.by, { action: 'token-revoked', ...toTokenEvent(ended) });
    }),

    revokeAllOf: mutation.input(userInput).mutation(async function revokeAllOf({ ctx, input }) {
      const { key } = await users.get(input.user);
      ctx.refuseIfLate();
      const ended = await revoker.revokeAllOf(key, {}, 'revoked');
      tell(ctx.by, { action: 'user-signed-out', userId: key, revoked: ended.length });
      return { revoked: ended.length };
    }),

    purgeExpired: lengthyMutation.mutation(async function purgeExpired({ ctx }) {
      let purged = 0;
      const done = () => tell(ctx.by, { action: 'expired-purged', purged });
      try {
        for await (const count of purge()) purged += count;
      } catch (error) {
        if (purged > 0) done(); // the batches before the one that failed
        throw error;
      }
      done();
      return { purged };
    }),
  };
}
