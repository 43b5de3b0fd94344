import type { AdminStore } from '../../database/admin/admin-store.ts';
import type { Internals } from '../../durin/internals.ts';
import { DurinError } from '../../errors.ts';
import { isSessionId } from '../../session.ts';
import { issuedLifetime, overtakenSentence } from '../../tokens/issue-token.ts';
import { effectiveScopes } from '../../tokens/rights/scopes.ts';
import { toSessionTokenEvent, toTokenEvent } from '../../tokens/token-event.ts';
import { unknownScopeProblem } from '../../values/scope.ts';
import { tokenIdInput, tokenIssueInput, tokenListInput, userInput } from '../admin-inputs.ts';
import type { AdminProcedures } from '../admin-procedures.ts';
import type { AdminTokenView, IssuedTokenView, TokenPage } from '../admin-views.ts';
import type { EmitAdminAction } from '../emit-admin-action.ts';
import { type UserDirectory, userNotFound } from '../user-directory.ts';
import { nameTaken } from './key-procedures.ts';
import { decodeCursor, encodeCursor } from './token-cursor.ts';
import { newTokenRow, type ToTokenView } from './token-view.ts';

/** A search by user name lists the tokens of at most this many users. */
const maxSearchedUsers = 100;

export function createTokenProcedures(
  { query, mutation, issuingMutation, untimedMutation }: AdminProcedures,
  { issueToken, revoker, scopes, purge, now }: Internals,
  store: AdminStore,
  users: UserDirectory,
  toView: ToTokenView,
  emitAdminAction: EmitAdminAction,
) {
  /** @throws DurinError INVALID_INPUT for a scope that is none of the app's */
  function parseScopes(given: readonly string[]): readonly string[] {
    if (unknownScopeProblem(given, scopes.all) === null) return effectiveScopes(scopes.all, [given]);
    throw new DurinError('INVALID_INPUT', { fields: { scopes: ['Each must be one of the option scopes.'] } });
  }

  /** The users to list tokens of; `null`: all users. */
  async function resolveOwners({ user, search }: { user?: string | number | undefined; search?: string | undefined }) {
    const found = search === undefined || search === '' ? null : await users.search(search, maxSearchedUsers + 1);
    const isCut = found !== null && found.length > maxSearchedUsers;
    const searched = found?.slice(0, maxSearchedUsers).map(({ key }) => key) ?? null;
    if (user === undefined) return { userKeys: searched, isSearchCut: isCut };
    const owner = await users.find(user);
    if (owner === null) return { userKeys: [], isSearchCut: false };
    const isFound = searched === null || searched.includes(owner.key);
    return { userKeys: isFound ? [owner.key] : [], isSearchCut: isCut && !isFound };
  }

  return {
    list: query.input(tokenListInput).query(async function listTokens({ input }): Promise<TokenPage> {
      const { client, state, sort, order, cursor, limit } = input;
      const after = cursor ? decodeCursor(cursor, input) : null;
      const { userKeys, isSearchCut } = await resolveOwners(input);
      const filter = {
        userKeys,
        clientName: client ?? null,
        hasExpired: state === undefined ? null : state === 'expired',
      };
      const rows = await store.listTokens({ ...filter, sort, order, after, limit: limit + 1 }, now());
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(last, input) : null;
      return { items: page.map(toView), nextCursor, isSearchCut };
    }),

    get: query.input(tokenIdInput).query(async function getToken({ input: { id } }): Promise<AdminTokenView> {
      const row = isSessionId(id) ? await store.findToken(id) : null;
      if (row === null) throw new DurinError('TOKEN_NOT_FOUND');
      return toView(row);
    }),

    issue: issuingMutation.input(tokenIssueInput).mutation(async function issueTokenToUser({
      ctx,
      input,
    }): Promise<IssuedTokenView> {
      const { client, ttl, atLimit, name } = input;
      const held = input.scopes === undefined ? null : parseScopes(input.scopes);
      const owner = await users.get(input.user);
      ctx.throwIfTimedOut();
      const issued = await issueToken({
        userId: owner.key,
        clientName: client,
        name: name ?? null,
        scopes: held,
        ipAddress: null,
        userAgent: null,
        ...issuedLifetime(ttl),
        ...(atLimit !== undefined && { atLimit }),
        isAuthenticated: false,
        onConflict: 'replace',
        operation: ctx.operation,
      });
      switch (issued.outcome) {
        case 'kept':
        case 'renewed':
        case 'issued': {
          const { record, token, ended } = issued;
          emitAdminAction(ctx.by, { action: 'token-issued', ...toSessionTokenEvent(record), expiry: record.expiresAt });
          const session = toView(newTokenRow(record, owner, name ?? null));
          return { token, session, ended: ended.length };
        }
        case 'unknown-client':
          throw new DurinError('UNKNOWN_CLIENT', { fields: { client: ['There is no client with that name.'] } });
        case 'at-limit':
          throw new DurinError('SESSION_LIMIT');
        case 'key-limit':
          throw new DurinError('KEY_LIMIT');
        case 'name-taken':
          throw nameTaken();
        case 'overtaken':
          throw new DurinError('SESSION_NOT_FOUND', {
            fields: { user: [overtakenSentence] },
            cause: new Error(overtakenSentence),
          });
        case 'unknown-user': // deleted since the look-up above
        case 'inactive-user':
        case 'credentials-changed':
        case 'session-ended':
        case 'exists':
        case 'key-not-found':
          throw userNotFound();
      }
    }),

    revoke: mutation.input(tokenIdInput).mutation(async function revokeToken({ ctx, input: { id } }): Promise<void> {
      const ended = isSessionId(id) ? await revoker.revoke({ id }, 'revoked') : null;
      if (ended === null) throw new DurinError('TOKEN_NOT_FOUND');
      emitAdminAction(ctx.by, { action: 'token-revoked', ...toTokenEvent(ended) });
    }),

    revokeAllOf: mutation.input(userInput).mutation(async function revokeAllOf({ ctx, input }) {
      const { key } = await users.get(input.user);
      ctx.throwIfTimedOut();
      const ended = await revoker.revokeAllOf(key, {}, 'revoked');
      emitAdminAction(ctx.by, { action: 'user-signed-out', userId: key, revoked: ended.length });
      return { revoked: ended.length };
    }),

    purgeExpired: untimedMutation.mutation(async function purgeExpired({ ctx }) {
      let purged = 0;
      const emitPurged = () => emitAdminAction(ctx.by, { action: 'expired-purged', purged });
      try {
        for await (const count of purge()) purged += count;
      } catch (error) {
        if (purged > 0) emitPurged(); // earlier batches are committed
        throw error;
      }
      emitPurged();
      return { purged };
    }),
  };
}
