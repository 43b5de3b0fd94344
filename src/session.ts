import { inWords } from './values/duration.ts';
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
  readonly userRow: object;
  /** The user as `ctx.user` shows it. */
  readonly user: object;
  readonly client: SessionClient;
  readonly createdAt: Date;
  /** `null`: never. */
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a session can have this id; the database would fail over others. */
export function isSessionId(text: string): boolean {
  return uuid.test(text);
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

/** How long a token lives, as views tell it. */
export function lifetime(expiresAt: Date | null, now: number) {
  return {
    expiry: expiresAt,
    hasExpired: isExpired(expiresAt, now),
    expiresIn: expiresAt === null ? 'never' : inWords(expiresAt.getTime() - now),
  };
}

/**
 * The value for one request alone, since others may share the record: all of it is frozen but dates and bytes, which
 * nothing can freeze. What holds none of these is given as it is.
 */
function ownCopy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return new Date(value) as T;
  if (value instanceof Uint8Array) return Uint8Array.prototype.slice.call(value) as T; // a Buffer's own slice is no copy
  const isArray = Array.isArray(value);
  if (!isArray && value.constructor !== Object) return value; // of a type of the app's own
  const shared = value as Record<string, unknown>;
  let copy: Record<string, unknown> | null = null;
  for (const key in shared) {
    const own = ownCopy(shared[key]);
    if (own !== shared[key]) (copy ??= (isArray ? [...value] : { ...shared }) as Record<string, unknown>)[key] = own;
  }
  return copy === null ? value : (Object.freeze(copy) as T);
}

export function toAuth(record: SessionRecord, now: number): Auth {
  return Object.freeze({
    id: record.id,
    user: ownCopy(record.user),
    client: ownCopy(record.client),
    created: new Date(record.createdAt), // a date can be changed, and the record may be another request's as well
    ...lifetime(record.expiresAt && new Date(record.expiresAt), now),
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
