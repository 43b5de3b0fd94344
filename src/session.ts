import { inWords } from './duration.ts';
import type { ApiAccessView, SessionView } from './wire.ts';

/** A client as sessions know it. */
export interface SessionClient {
  readonly id: number;
  readonly name: string;
  /** Seconds; `null`: tokens never expire. */
  readonly tokenTtl: number | null;
  readonly throttleRate: string | null;
}

/** One row of `durin_auth_token`, as far as its owner may see it. */
export interface TokenRow {
  readonly id: string;
  readonly selector: string;
  readonly clientName: string;
  readonly createdAt: Date;
  /** `null`: never. */
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** An AuthToken with its client and user: what one look-up finds, and all that is judged. */
export interface SessionRecord {
  readonly id: string;
  readonly selector: string;
  /** The user's primary key. */
  readonly userId: unknown;
  /** The user's columns, for judging whether it is active. */
  readonly account: object;
  /** The user as `ctx.user` shows it. */
  readonly user: object;
  readonly client: SessionClient;
  readonly createdAt: Date;
  /** `null`: never. */
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** A session as `ctx.auth` shows it. */
export interface Auth<TUser = object, TClient = SessionClient> {
  readonly id: string;
  readonly user: TUser;
  readonly client: TClient;
  readonly created: Date;
  /** `null`: never expires. */
  readonly expiry: Date | null;
  readonly hasExpired: boolean;
  /** The time left from now, in words: `23 hours`, or `never`. */
  readonly expiresIn: string;
}

/** A token is expired from the very instant of its expiry on. */
export function isExpired(expiresAt: Date | null, now: number): boolean {
  return expiresAt !== null && now >= expiresAt.getTime();
}

function lifetime(expiresAt: Date | null, now: number) {
  return {
    expiry: expiresAt,
    hasExpired: isExpired(expiresAt, now),
    expiresIn: expiresAt === null ? 'never' : inWords(expiresAt.getTime() - now),
  };
}

export function toAuth(record: SessionRecord, now: number): Auth {
  return Object.freeze({
    id: record.id,
    user: record.user,
    client: record.client,
    created: record.createdAt,
    ...lifetime(record.expiresAt, now),
  });
}

export function toSessionView(row: TokenRow, currentId: string, now: number): SessionView {
  return {
    id: row.id,
    client: row.clientName,
    created: row.createdAt,
    ...lifetime(row.expiresAt, now),
    isCurrent: row.id === currentId,
    lastUsedAt: row.lastUsedAt,
    ipAddress: row.ipAddress,
    userAgent: row.userAgent,
  };
}

export function toApiAccessView(
  row: Pick<TokenRow, 'clientName' | 'createdAt' | 'expiresAt'>,
  now: number,
): ApiAccessView {
  return { client: row.clientName, created: row.createdAt, ...lifetime(row.expiresAt, now) };
}
