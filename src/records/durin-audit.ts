import { repeatWhileFull } from '../async/repeat-while-full.ts';
import type { BoundedByTimeout } from '../database/database-timeout.ts';
import { throwMistakes } from '../database/mistakes/throw-mistakes.ts';
import { type AuditAction, type AuditActor, auditActions } from '../database/records/audit-actions.ts';
import type { AuditStore } from '../database/records/audit-store.ts';
import { DurinUsageError } from '../errors.ts';
import { isSessionId } from '../session.ts';
import { type Duration, parseDuration } from '../values/duration.ts';

/** A change of a token or a client. */
export interface AuditEntry<TUserId = unknown> {
  /** Digits. A later change has a larger number. */
  readonly id: string;
  /** When the change was made, by the database's clock. */
  readonly at: Date;
  readonly action: AuditAction;
  /** Why a token was revoked, as in `tokenRevoked`; `null` for other actions. */
  readonly reason: string | null;
  /** `null`: the change is of a client. */
  readonly tokenId: string | null;
  /** The token's owner, who may be deleted by now. */
  readonly userId: TUserId | null;
  /** The client's name, as it was then. */
  readonly client: string | null;
  readonly actor: AuditActor;
  /** The user who made the change; `null`: none did. */
  readonly actorUserId: TUserId | null;
  /** The token that the call was made with; `null`: there was none, as at a login. */
  readonly actorTokenId: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  /** What else is known: the name and the scopes, or the columns that changed, each with its old and its new value. */
  readonly details: Readonly<Record<string, unknown>> | null;
}

/** Which changes to list. All conditions must hold. */
export interface AuditFilter<TUserRef = unknown> {
  /** A token's owner, or its primary key. */
  user?: TUserRef | undefined;
  /** A client's name. */
  client?: string | undefined;
  tokenId?: string | undefined;
  action?: AuditAction | undefined;
  /** The `id` of the last entry of the previous page. Default: the list starts at the latest change. */
  after?: string | undefined;
  /** At most 1000. Default: 100. */
  limit?: number | undefined;
}

/** `durin.audit`: the changes of tokens and clients, which the statements that make them record. */
export interface DurinAuditLog<TUserRef, TUserId> {
  /**
   * Lists changes, the latest first.
   * @throws DurinUsageError naming the filter that is wrong, or if `defineDurinEntities` was called without `audit`
   * @throws DurinError STORE_UNAVAILABLE
   * @example const changes = await durin.audit.list({ user: ctx.user.id, limit: 20 });
   */
  list(filter?: AuditFilter<TUserRef>): Promise<AuditEntry<TUserId>[]>;
  /**
   * Deletes old changes in batches, on a connection that may: an app whose role cannot delete them calls it elsewhere.
   * @param options.olderThan how long changes are kept, such as `'365d'`
   * @returns the number of changes that were deleted
   * @throws DurinUsageError for a wrong duration, or if `defineDurinEntities` was called without `audit`
   * @throws DurinError STORE_UNAVAILABLE
   */
  purge(options: { olderThan: Duration }): Promise<number>;
}

export interface DurinAuditLogDeps {
  /** `null`: there is no audit. */
  readonly auditStore: AuditStore | null;
  readonly userKeyOf: (user: unknown) => unknown;
  readonly bounded: BoundedByTimeout;
}

const defaultLimit = 100;
const maxLimit = 1000;
const batchSize = 1000;

export function createDurinAuditLog({
  auditStore,
  userKeyOf,
  bounded,
}: DurinAuditLogDeps): DurinAuditLog<unknown, unknown> {
  function requireStore(): AuditStore {
    if (auditStore !== null) return auditStore;
    throw new DurinUsageError('durin.audit: there is no audit. Call defineDurinEntities with audit: true');
  }

  return {
    async list(filter = {}) {
      const store = requireStore();
      if (typeof filter !== 'object' || filter === null) throw new DurinUsageError('the filter must be an object');
      const { user, client, tokenId, action, after, limit = defaultLimit } = filter;
      refuseWrong(filter, limit);
      const matchesNothing = (tokenId !== undefined && !isSessionId(tokenId)) || client?.includes('\0') === true;
      if (matchesNothing) return [];
      const userId = user === undefined ? undefined : userKeyOf(user);
      return bounded(() => store.list({ userId, client, tokenId, action, after, limit }));
    },

    /** Takes as long as there are old changes, so it has no timeout. */
    async purge(options) {
      const store = requireStore();
      const seconds = parseDuration(options?.olderThan, 'olderThan');
      return repeatWhileFull(batchSize, () => throwMistakes(store.deleteOlder(seconds, batchSize)));
    },
  };
}

/** @throws DurinUsageError naming the filter that is wrong */
function refuseWrong({ client, tokenId, action, after }: AuditFilter, limit: number): void {
  if (client !== undefined && typeof client !== 'string') throw new DurinUsageError("client must be a client's name");
  if (tokenId !== undefined && typeof tokenId !== 'string')
    throw new DurinUsageError('tokenId must be the id of a token');
  if (action !== undefined && !auditActions.includes(action))
    throw new DurinUsageError(`action must be one of ${auditActions.join(', ')}`);
  if (after !== undefined && !/^\d{1,18}$/.test(after)) throw new DurinUsageError('after must be the id of an entry');
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= maxLimit))
    throw new DurinUsageError(`limit must be a whole number from 1 to ${maxLimit}`);
}
