import type { TokenStore } from '../database/token-store.ts';
import { DurinError } from '../errors.ts';
import type { DurinContext } from '../request/durin-request.ts';
import type { SessionRecord, TokenRow } from '../session.ts';
import type { IssueToken } from '../tokens/issue-token.ts';
import type { TokenRevoker } from '../tokens/revoke-tokens.ts';
import type { SessionScopes } from '../tokens/rights/scopes.ts';
import type { TokenCodec } from '../tokens/token-codec.ts';
import type { RequireFresh } from '../tokens/verification/freshness.ts';
import { viewExpiry } from '../values/expiry.ts';
import type { ApiAccessView, DurinErrorCode } from '../wire.ts';
import { createIssueToSession, type KeyConflict } from './keys/issue-to-session.ts';
import type { RouterProcedures } from './router-procedures.ts';

export interface ApiAccessDeps {
  readonly store: Pick<TokenStore, 'findOf' | 'listOf' | 'findBySelector'>;
  readonly issueToken: IssueToken;
  readonly revoker: TokenRevoker;
  readonly codec: TokenCodec;
  readonly scopes: Pick<SessionScopes, 'all' | 'heldBy' | 'passedOnBy'>;
  /** `null`: there are no API keys. */
  readonly apiClientName: string | null;
  readonly includesToken: boolean;
  /** How old a login or reauthentication may be to create, delete or read a key; `null`: any age. */
  readonly freshSeconds: number | null;
  readonly requireFresh: RequireFresh;
  readonly now: () => number;
}

const conflictCodes: Readonly<Record<KeyConflict, DurinErrorCode>> = {
  exists: 'API_ACCESS_EXISTS',
  'at-limit': 'API_ACCESS_EXISTS',
  'name-taken': 'API_ACCESS_EXISTS',
  'key-limit': 'API_ACCESS_EXISTS',
  'key-not-found': 'API_ACCESS_EXISTS',
};

/** A call by a session. */
interface Call {
  readonly ctx: DurinContext & { readonly session: SessionRecord };
  readonly path: string;
}

export function createApiAccess(
  { sessionProcedure, changingSessionProcedure, reportRefused }: RouterProcedures,
  deps: ApiAccessDeps,
) {
  const { store, revoker, codec, scopes, apiClientName, includesToken, freshSeconds, requireFresh, now } = deps;

  const issueToSession = createIssueToSession(deps.issueToken, conflictCodes);

  async function requireFreshSession(session: SessionRecord): Promise<void> {
    if (freshSeconds !== null) await requireFresh(session, freshSeconds);
  }

  /** A caller that reads a key can do what the key can. */
  async function requireScopesOf({ selector }: TokenRow, { ctx, path }: Call): Promise<void> {
    if (scopes.all.length === 0) return;
    const key = await store.findBySelector(selector);
    if (key === null) throw new DurinError('API_ACCESS_NOT_FOUND'); // ended meanwhile
    const held = scopes.heldBy(ctx.session);
    const missing = scopes.heldBy(key).filter((scope) => !held.includes(scope));
    if (missing.length === 0) return;
    throw reportRefused(new DurinError('INSUFFICIENT_SCOPE', { missing }), ctx.session, { ctx, path });
  }

  function requireApiClient(): string {
    if (apiClientName === null) throw new DurinError('API_ACCESS_DISABLED');
    return apiClientName;
  }

  /** The valid keys, of which there may be several if the server issued some, else the one that has expired. */
  async function keysOf(userId: unknown): Promise<TokenRow[]> {
    const clientName = requireApiClient();
    const valid = await store.listOf(userId, { onlyClient: clientName }, now());
    const latest = valid.length === 0 ? await store.findOf(userId, clientName) : null;
    return latest === null ? valid : [latest];
  }

  return {
    get: sessionProcedure.query(async function getApiAccess(call): Promise<ApiAccessView> {
      const { session } = call.ctx;
      const row = await store.findOf(session.userId, requireApiClient());
      if (row === null) throw new DurinError('API_ACCESS_NOT_FOUND');
      const view = toApiAccessView(row, now());
      if (!includesToken) return view;
      await requireFreshSession(session);
      await requireScopesOf(row, call);
      return { ...view, token: codec.tokenOf(row.selector) };
    }),

    create: sessionProcedure.mutation(async function createKey({ ctx }): Promise<ApiAccessView & { token: string }> {
      await requireFreshSession(ctx.session);
      const order = { clientName: requireApiClient(), scopes: scopes.passedOnBy(ctx.session) };
      const { record, token } = await issueToSession(order, ctx.session, ctx.durin);
      return { ...toApiAccessView({ ...record, clientName: record.client.name }, now()), token };
    }),

    delete: changingSessionProcedure.mutation(async function deleteApiAccess({ ctx: { session } }): Promise<void> {
      await requireFreshSession(session);
      const keys = await keysOf(session.userId);
      const ended = await Promise.all(keys.map((key) => revoker.revoke(key, 'revoked')));
      if (ended.every((key) => key === null)) throw new DurinError('API_ACCESS_NOT_FOUND');
    }),
  };
}

/** The API key's view without the key. */
export function toApiAccessView(
  row: Pick<TokenRow, 'clientName' | 'createdAt' | 'expiresAt'>,
  now: number,
): ApiAccessView {
  return { client: row.clientName, created: row.createdAt, ...viewExpiry(row.expiresAt, now) };
}
