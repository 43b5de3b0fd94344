import type { SessionRecord, TokenRow } from '../session.ts';

/** Which row it is or was: as much as an event tells, and a cache needs. */
export interface TokenIdentity {
  readonly id: string;
  readonly selector: string;
  readonly userId: unknown;
  readonly clientName: string;
}

/** A token of which it may be known how it is looked up, so that a cache can forget it whatever comes of the write. */
export type KnownToken = Pick<TokenIdentity, 'id'> & Partial<Pick<TokenIdentity, 'selector'>>;

/** One that is gone, and whether it was expired by then. */
export interface EndedToken extends TokenIdentity {
  readonly hadExpired: boolean;
}

/** What goes, and tokens with it: users or clients, or tokens themselves. */
export type Deleted = 'user' | 'client' | 'token';

/**
 * What to do where the pair holds a token already. An expired one is always replaced.
 * - `keep`: a valid one stays as it is
 * - `renew`: a valid one stays and lives a full lifetime from now
 * - `replace`: it is replaced
 * - `refuse`: a valid one is left alone and nothing is issued
 */
export type OnConflict = 'keep' | 'renew' | 'replace' | 'refuse';

export interface IssueRequest {
  /** The public half of the token, in case it is issued. */
  readonly selector: string;
  readonly userId: unknown;
  readonly clientName: string;
  readonly onConflict: OnConflict;
  /**
   * Whether the user's row is held until the token is there. So another change of the user either is committed by then,
   * or sees the token. Left out: no.
   */
  readonly lockUser?: boolean;
  /** Seconds; `null`: never expires; left out: the client's. */
  readonly ttlSeconds?: number | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

export type IssueResult =
  | { readonly outcome: 'unknown-client' }
  | { readonly outcome: 'unknown-user' }
  | { readonly outcome: 'exists' }
  | {
      readonly outcome: 'kept' | 'renewed' | 'issued';
      readonly record: SessionRecord;
      /** The token that had to go. */
      readonly replaced: EndedToken | null;
    };

/** Which of a user's tokens; all that are given must hold. */
export interface TokenFilter {
  readonly exceptId?: string;
  readonly exceptClient?: string | null;
}

export interface TokenUse {
  readonly id: string;
  readonly usedAt: Date;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** A session with the row that it was read from. */
export interface LoadedSession {
  readonly record: SessionRecord;
  readonly row: Readonly<Record<string, unknown>>;
}

/** Asks the database for a session, past any cache. */
export type LoadSession = (selector: string) => Promise<LoadedSession | null>;

/** Turns the rows of look-ups into text and back, for stores outside this process. */
export interface SessionFormat {
  /** Differs where rows differ, such as between two versions of an app that run side by side. */
  readonly layout: string;
  encode(row: LoadedSession['row']): string;
  decode(text: string): SessionRecord;
}

/**
 * The port to `durin_auth_token`. Each write is one statement and so atomic; `now` is the caller's clock, in
 * milliseconds. It knows no tokens, only selectors; it judges nothing but expiry; it tells nobody: who calls it sends
 * the events. It fails with STORE_UNAVAILABLE only.
 */
export interface TokenStore {
  /** The hot path: one prepared statement joins the token, its client, its user and what `populate` names. */
  findBySelector(selector: string): Promise<SessionRecord | null>;
  /** The user's columns as `findBySelector` gives them, for one that holds no token yet. */
  findUserRow(userId: unknown): Promise<object | null>;
  issue(order: IssueRequest, now: number): Promise<IssueResult>;
  /** Gives a token that has not expired a full lifetime of its client from now; `null` where there is none. */
  renew(id: string, now: number): Promise<{ readonly expiresAt: Date | null; readonly token: TokenIdentity } | null>;
  delete(token: KnownToken): Promise<TokenIdentity | null>;
  /** Deletes only if it is still expired. */
  deleteIfExpired(token: Pick<SessionRecord, 'id' | 'selector'>, now: number): Promise<TokenIdentity | null>;
  /** Deletes one that has not expired, if it is this user's. */
  deleteOf(userId: unknown, id: string, filter: TokenFilter, now: number): Promise<TokenIdentity | null>;
  deleteAllOf(userId: unknown, filter: TokenFilter): Promise<TokenIdentity[]>;
  /**
   * Deletes these tokens, or those of these users or clients, which the same transaction is about to delete. They are
   * locked first, so that a token that is being issued to one of them is seen as well.
   */
  deleteBefore(deleted: Deleted, keys: readonly unknown[], now: number): Promise<EndedToken[]>;
  /** Has the user's tokens expire now, but not go yet: whoever presents one is still told why it is refused. */
  expireAllOf(userId: unknown, now: number): Promise<TokenIdentity[]>;
  /** Deletes at most `limit` expired rows, passing over those that others hold. */
  deleteExpired(limit: number, now: number): Promise<TokenIdentity[]>;
  /** Newest first, expired ones left out. */
  listOf(userId: unknown, filter: TokenFilter, now: number): Promise<TokenRow[]>;
  /** The pair's token, expired or not. */
  findOf(userId: unknown, clientName: string): Promise<TokenRow | null>;
  /**
   * Notes when, from where and with what tokens were used; passes over rows that others hold, and over those that another
   * process wrote less than `intervalMs` before.
   */
  recordUses(uses: readonly TokenUse[], intervalMs: number): Promise<void>;
}
