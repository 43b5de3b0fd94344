import type { BoundedByTimeout } from '../database/database-timeout.ts';
import { throwMistakes } from '../database/mistakes/throw-mistakes.ts';
import { DurinError, DurinUsageError } from '../errors.ts';
import { isSessionId, type SessionRecord, sessionNameProblem } from '../session.ts';
import { type IssueToken, issuedLifetime, overtakenSentence } from '../tokens/issue-token.ts';
import type { KeyClients } from '../tokens/keys/key-rules.ts';
import type { PurgeTokens } from '../tokens/purge-tokens.ts';
import type { RenewToken } from '../tokens/renew-token.ts';
import type { TokenRevoker } from '../tokens/revoke-tokens.ts';
import { effectiveScopes } from '../tokens/rights/scopes.ts';
import { type AtLimit, parseClientFields } from '../values/client-fields.ts';
import { type Duration, parseDuration } from '../values/duration.ts';
import { unknownScopeProblem } from '../values/scope.ts';

/** `durin.tokens`: tokens without a request. Inside `em.transactional` a call is part of that transaction. */
export interface DurinTokens<TUserRef, TAuth, TClientName extends string, TScope extends string = string> {
  /**
   * Issues a token for a user and a client. If the client allows one session, the token that they had ends. If it allows
   * more, the token takes a free slot, and at the limit the client's `atLimit` applies. For a client with `keys` it issues a key,
   * which replaces nothing.
   * @param request.ttl the token's lifetime; `null`: it never expires. Nothing extends a token that was issued with one.
   *   Default: the client's `tokenTtl`, to which a refresh extends it again; of a key, `keys.ttl`.
   * @param request.atLimit `'refuse'`: issues nothing if the user has as many sessions as the client allows. Default: the client's
   *   `atLimit`, or `'end-oldest'` if it allows one session. Not for a client with `keys`
   * @param request.name the name that `sessions.list` shows, or the key's, at most 64 characters. Default: none
   * @param request.scopes the scopes that the token may have at most; `[]`: none. Default: all of its client's
   * @param request.session the id of the session that asks for the token, such as `ctx.auth.id`: nothing is issued once that
   *   has ended. Pass it in a guarded procedure. Default: none
   * @returns the token, its session, and the ids of the sessions that ended for it
   * @throws DurinError UNKNOWN_CLIENT, SESSION_LIMIT, STORE_UNAVAILABLE; INVALID_TOKEN if `session` has ended; for a client with
   *   `keys` KEY_LIMIT and KEY_NAME_TAKEN
   * @throws DurinError SESSION_NOT_FOUND if the user's sessions were ended meanwhile, and the new token with them. Its
   *   `cause` has the reason
   * @throws DurinUsageError for a user that is not in the database, a name that is too long, an unknown scope, or `atLimit` for
   *   a client with `keys`
   * @example const { token } = await durin.tokens.issue({ user, client: 'cli', ttl: '7d' });
   */
  issue(request: {
    user: TUserRef;
    client: TClientName;
    ttl?: Duration | null | undefined;
    atLimit?: AtLimit | undefined;
    name?: string | undefined;
    scopes?: readonly TScope[] | undefined;
    session?: string | undefined;
  }): Promise<{ token: string; auth: TAuth; ended: readonly string[] }>;
  /**
   * Extends a token to the full lifetime of its client from now. One that was issued with a `ttl` keeps its expiry, and
   * so does an API key, which is rolled instead.
   * @throws DurinError SESSION_NOT_FOUND for a token that is gone or has expired
   */
  renew(id: string): Promise<{ expiry: Date | null }>;
  /** @returns whether there was such a token */
  revoke(id: string): Promise<boolean>;
  /**
   * Ends a user's tokens. It outlasts what is under way: a login that began before the call is refused, and a token that is
   * being issued ends too. A login in another process is among them if `credentialFields` shows that what it verified has
   * changed.
   * @param filter.except the id of a session that stays, such as `ctx.auth.id`. Default: none
   * @returns the number of tokens that were revoked
   * @throws DurinUsageError if `except` is no session's id
   * @example await durin.tokens.revokeAll({ user: ctx.user.id, except: ctx.auth.id }); // after a change of password
   */
  revokeAll(filter: {
    user: TUserRef;
    except?: string | undefined;
    exceptApiAccess?: boolean | undefined;
  }): Promise<number>;
  /**
   * Removes expired tokens, and counts of calls that are too old, in batches, so that no look-up waits for it.
   * @param options.batchSize rows per statement. Default: 1000
   * @param options.keepUsage how long counts of calls are kept, with `usage`. Default: `'90d'`
   * @returns the number of tokens that were removed
   */
  purgeExpired(options?: { batchSize?: number | undefined; keepUsage?: Duration | undefined }): Promise<number>;
}

export interface DurinTokensDeps<TAuth> {
  readonly issueToken: IssueToken;
  readonly renewToken: RenewToken;
  readonly revoker: TokenRevoker;
  readonly purge: PurgeTokens;
  /** The option `scopes`. */
  readonly appScopes: readonly string[];
  /** The clients of API keys: that of `apiAccess`, and those with `keys`. */
  readonly keyClientNames: readonly string[];
  readonly keyClients: Pick<KeyClients, 'rulesOf'>;
  readonly userKeyOf: (user: unknown) => unknown;
  readonly toAuth: (record: SessionRecord) => TAuth;
  readonly bounded: BoundedByTimeout;
}

const maxBatchSize = 100_000;

export function createDurinTokens<TAuth>(deps: DurinTokensDeps<TAuth>): DurinTokens<unknown, TAuth, string> {
  const { issueToken, renewToken, revoker, purge, appScopes, keyClientNames, keyClients, userKeyOf, toAuth, bounded } =
    deps;

  return {
    async issue({ user, client, ttl, atLimit, name, scopes, session }) {
      const nameProblem = name === undefined ? null : sessionNameProblem(name);
      if (nameProblem !== null) throw new DurinUsageError(`name: ${nameProblem}`);
      const { atLimit: limit } = parseClientFields({ atLimit });
      if (limit !== undefined && keyClients.rulesOf(client) !== null)
        throw new DurinUsageError(`atLimit: the client '${client}' has keys, and no key ends for another one`);
      if (session !== undefined && !isSessionId(session))
        throw new DurinUsageError('session must be the id of a session, such as ctx.auth.id');
      const request = {
        ...(session !== undefined && { sessionId: session }),
        userId: userKeyOf(user),
        clientName: client,
        name: name ?? null,
        scopes: scopes === undefined ? null : parseScopes(scopes, appScopes),
        ipAddress: null,
        userAgent: null,
        ...issuedLifetime(ttl),
        ...(limit !== undefined && { atLimit: limit }),
      };
      const issued = await bounded(() => issueToken({ ...request, isAuthenticated: false, onConflict: 'replace' }));
      switch (issued.outcome) {
        case 'unknown-client':
          throw new DurinError('UNKNOWN_CLIENT');
        case 'at-limit':
          throw new DurinError('SESSION_LIMIT');
        case 'key-limit':
          throw new DurinError('KEY_LIMIT');
        case 'name-taken':
          throw new DurinError('KEY_NAME_TAKEN');
        case 'session-ended':
          throw new DurinError('INVALID_TOKEN');
        case 'overtaken':
          throw new DurinError('SESSION_NOT_FOUND', { cause: new Error(overtakenSentence) });
        case 'unknown-user':
        case 'inactive-user':
        case 'credentials-changed':
        case 'exists':
        case 'key-not-found':
          throw new DurinUsageError('user: there is no such user in the database');
        case 'kept':
        case 'renewed':
        case 'issued':
          return { token: issued.token, auth: toAuth(issued.record), ended: issued.ended };
      }
    },

    async renew(id) {
      const renewed = isSessionId(id) ? await bounded(() => renewToken(id)) : null;
      if (renewed === null) throw new DurinError('SESSION_NOT_FOUND');
      return { expiry: renewed.expiresAt };
    },

    async revoke(id) {
      return isSessionId(id) && (await bounded(() => revoker.revoke({ id }, 'revoked'))) !== null;
    },

    async revokeAll({ user, except, exceptApiAccess }) {
      if (except !== undefined && !isSessionId(except))
        throw new DurinUsageError('except must be the id of a session, such as ctx.auth.id');
      const filter = {
        ...(except !== undefined && { exceptId: except }),
        exceptClients: exceptApiAccess ? keyClientNames : [],
      };
      const ended = await bounded(() => revoker.revokeAllOf(userKeyOf(user), filter, 'revoked'));
      return ended.length;
    },

    /** Takes as long as there are expired tokens, so it has no timeout. */
    async purgeExpired({ batchSize, keepUsage } = {}) {
      if (batchSize !== undefined && !(Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= maxBatchSize)) {
        throw new DurinUsageError(`batchSize must be a whole number from 1 to ${maxBatchSize}`);
      }
      const keepSeconds = keepUsage === undefined ? undefined : parseDuration(keepUsage, 'keepUsage');
      return throwMistakes(sumOf(purge(batchSize, keepSeconds)));
    },
  };
}

/** @throws DurinUsageError naming the scope that is unknown */
function parseScopes(scopes: unknown, ofApp: readonly string[]): readonly string[] {
  if (!Array.isArray(scopes)) throw new DurinUsageError('scopes must be a list of scopes');
  const problem = unknownScopeProblem(scopes, ofApp);
  if (problem !== null) throw new DurinUsageError(`scopes: ${problem}`);
  return effectiveScopes(ofApp, [scopes]);
}

async function sumOf(counts: AsyncIterable<number>): Promise<number> {
  let sum = 0;
  for await (const count of counts) sum += count;
  return sum;
}
