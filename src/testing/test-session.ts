import type { SessionClient, SessionRecord, TokenRow } from '../session.ts';

/** A session that only this process knows. */
export interface TestSession {
  readonly id: string;
  readonly selector: string;
  /** The user's primary key. */
  readonly userId: unknown;
  /** The user as the test passed it. It is read at each look-up, so a test may change it. */
  readonly user: object;
  readonly client: SessionClient;
  readonly name: string | null;
  readonly scopes: readonly string[] | null;
  readonly createdAt: Date;
  readonly authenticatedAt: Date | null;
  /** When its token expires; `null`: never. */
  readonly expiry: Date | null;
  /** Beyond it, nothing extends the session; `null`: no limit. */
  readonly latestExpiry: Date | null;
  /** Seconds without use after which it ends; `null`: it never does. */
  readonly idleTtl: number | null;
  readonly lastUsedAt: Date | null;
}

/** The user of a session as look-ups show it. */
export interface UserViews {
  /** `ctx.user`. */
  readonly user: object;
  /** What `isUserActive` and `scopesOf` see. */
  readonly userRow: object;
  readonly isActive: boolean;
}

/**
 * What a look-up finds. A session of an inactive user has expired, as the session of a deactivated user in the database has,
 * so that nothing is written to end it.
 */
export function recordOf(session: TestSession, { user, userRow, isActive }: UserViews, now: number): SessionRecord {
  const { endsAt, byIdling } = endOf(session);
  return {
    id: session.id,
    selector: session.selector,
    userId: session.userId,
    userRow,
    user,
    client: session.client,
    scopes: session.scopes,
    createdAt: session.createdAt,
    authenticatedAt: session.authenticatedAt,
    latestExpiry: session.latestExpiry,
    lastUsedAt: session.lastUsedAt,
    replaces: null,
    expiresAt: isActive ? endsAt : new Date(now),
    expiresByIdling: byIdling,
    isExtendedByUse: session.idleTtl !== null,
    isOfTest: true,
  };
}

export function rowOf(session: TestSession): TokenRow {
  const { id, selector, client, name, createdAt, lastUsedAt } = session;
  const { endsAt: expiresAt } = endOf(session);
  const origin = { ipAddress: null, userAgent: null };
  return { id, selector, name, createdAt, expiresAt, lastUsedAt, clientName: client.name, ...origin };
}

/** When the session ends if it is not used again; `null`: never. */
function endOf({ expiry, latestExpiry, idleTtl, createdAt, lastUsedAt }: TestSession) {
  const idleEnd = idleTtl === null ? null : later(lastUsedAt ?? createdAt, idleTtl);
  const lastEnd = earliest(expiry, latestExpiry);
  const endsAt = earliest(lastEnd, idleEnd);
  return { endsAt, byIdling: endsAt?.getTime() !== lastEnd?.getTime() };
}

export function later(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * 1000);
}

export function earliest(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}
