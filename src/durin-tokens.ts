import { DurinError, DurinUsageError } from './errors.ts';
import { type Auth, isSessionId, toAuth } from './session.ts';
import type { IssueToken } from './tokens/issue-token.ts';
import type { PurgeTokens } from './tokens/purge-tokens.ts';
import type { RenewToken } from './tokens/renew-token.ts';
import type { TokenRevoker } from './tokens/revoke-tokens.ts';
import { type Duration, parseDuration } from './values/duration.ts';

/** `durin.tokens`: tokens without a request. Inside `em.transactional` it is part of that transaction. */
export interface DurinTokens<TUserRef, TAuth, TClientName extends string> {
  /**
   * A new token for the pair; one that it held ends.
   * @param order.ttl its lifetime; `null`: it never expires. Default: the client's. A refresh gives the client's.
   * @throws DurinError UNKNOWN_CLIENT, STORE_UNAVAILABLE; DurinUsageError for an unknown user
   */
  issue(order: {
    user: TUserRef;
    client: TClientName;
    ttl?: Duration | null | undefined;
  }): Promise<{ token: string; auth: TAuth }>;
  /**
   * Gives the token a full lifetime of its client from now.
   * @throws DurinError SESSION_NOT_FOUND for one that is gone or expired
   */
  renew(id: string): Promise<{ expiry: Date | null }>;
  /** Whether there was such a token. */
  revoke(id: string): Promise<boolean>;
  /** The number of tokens that ended. */
  revokeAll(filter: { user: TUserRef; exceptApiAccess?: boolean | undefined }): Promise<number>;
  /**
   * Removes expired tokens, a batch after the other so that no look-up waits, and gives their number.
   * @param options.batchSize rows per statement. Default: 1000
   */
  purgeExpired(options?: { batchSize?: number | undefined }): Promise<number>;
}

export interface TokenAdminDeps {
  readonly issueToken: IssueToken;
  readonly renewToken: RenewToken;
  readonly revoker: TokenRevoker;
  readonly purge: PurgeTokens;
  readonly apiClientName: string | null;
  readonly userKeyOf: (user: unknown) => unknown;
  readonly now: () => number;
}

const maxBatchSize = 100_000;

export function createTokenAdmin(deps: TokenAdminDeps): DurinTokens<unknown, Auth, string> {
  const { issueToken, renewToken, revoker, purge, apiClientName, userKeyOf, now } = deps;

  return {
    async issue({ user, client, ttl }) {
      const own = ttl === undefined ? {} : { ttlSeconds: ttl === null ? null : parseDuration(ttl, 'ttl') };
      const order = { userId: userKeyOf(user), clientName: client, ipAddress: null, userAgent: null, ...own };
      const issued = await issueToken({ ...order, onConflict: 'replace' });
      if (issued.outcome === 'unknown-client') throw new DurinError('UNKNOWN_CLIENT');
      if (!('record' in issued)) throw new DurinUsageError('user: there is no such user in the database');
      return { token: issued.token, auth: toAuth(issued.record, now()) };
    },

    async renew(id) {
      const renewed = isSessionId(id) ? await renewToken(id) : null;
      if (renewed === null) throw new DurinError('SESSION_NOT_FOUND');
      return { expiry: renewed.expiresAt };
    },

    async revoke(id) {
      return isSessionId(id) && (await revoker.revoke({ id }, 'revoked')) !== null;
    },

    async revokeAll({ user, exceptApiAccess }) {
      const filter = { exceptClient: exceptApiAccess ? apiClientName : null };
      return (await revoker.revokeAllOf(userKeyOf(user), filter, 'revoked')).length;
    },

    async purgeExpired({ batchSize } = {}) {
      if (batchSize !== undefined && !(Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= maxBatchSize)) {
        throw new DurinUsageError(`batchSize must be a whole number from 1 to ${maxBatchSize}`);
      }
      let purged = 0;
      for await (const count of purge(batchSize)) purged += count;
      return purged;
    },
  };
}
