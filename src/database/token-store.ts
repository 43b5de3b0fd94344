import type { RevocationReason } from '../events.ts';
import type { SessionRecord, TokenRow } from '../session.ts';
import type { AtLimit } from '../values/client-fields.ts';

/** What identifies a row of `durin_auth_token`, for events and for cache invalidation. */
export interface TokenIdentity {
  readonly id: string;
  readonly selector: string;
  readonly userId: unknown;
  readonly clientName: string;
}

/** A token by its id. With the selector, a cache can invalidate just this token even if the write fails. */
export type KnownToken = Pick<TokenIdentity, 'id'> & Partial<Pick<TokenIdentity, 'selector'>>;

/** A deleted token, and whether it had already expired. */
export interface EndedToken extends TokenIdentity {
  readonly hadExpired: boolean;
}

/** What is deleted: tokens, or users or clients together with their tokens. */
export type Deleted = 'user' | 'client' | 'token';

/** A token that was extended. */
export interface RenewedToken {
  readonly token: TokenIdentity;
  readonly expiresAt: Date | null;
  /** When it expires however it is used; `null`: never. */
  readonly latestExpiry: Date | null;
}

/**
 * What to do if the pair already has a token, and its client allows one. An expired one is always replaced. `keep` and `renew`
 * are for logins: they also replace a token that the server issued, because another person may hold it. If the client allows
 * more sessions, all but `refuse` take a free slot.
 * - `keep`: leave a valid one unchanged
 * - `renew`: keep a valid one and extend it to a full lifetime from now
 * - `replace`: replace it
 * - `refuse`: leave a valid one unchanged and issue nothing
 */
export type OnConflict = 'keep' | 'renew' | 'replace' | 'refuse';

/**
 * How a token came to be:
 * - `login`: a login created it, or a session created it as an API key
 * - `issued`: the server issued it, with its client's lifetime
 * - `issued-until`: the server issued it with a lifetime of its own, which nothing extends
 */
export type TokenOrigin = 'login' | 'issued' | 'issued-until';

/** A digest of the user's credentials as the database stores them. The values themselves go nowhere. */
export type CredentialsDigest = string;

/**
 * The user's row is locked until the token is stored. A concurrent change of the user then either commits before, or sees
 * the token.
 */
export interface IssueRequest {
  /** The public half of the new token; unused if the pair's token is kept. */
  readonly selector: string;
  readonly userId: unknown;
  readonly clientName: string;
  readonly onConflict: OnConflict;
  readonly origin: TokenOrigin;
  /** Whether the user has just confirmed their identity. */
  readonly isAuthenticated: boolean;
  /** The device's or the key's name. Default: none. */
  readonly name?: string | null;
  /** The scopes that the token may have at most. Default: `null`, all of its client's. */
  readonly scopes?: readonly string[] | null;
  /** What to do at the client's limit of sessions. Default: its `atLimit`, if it allows more than one. */
  readonly atLimit?: AtLimit;
  /** The session that creates the token. It is locked too, and must be valid. Default: no session does. */
  readonly sessionId?: string;
  /** What the user's credentials must still be. Default: anything. */
  readonly credentials?: CredentialsDigest;
  /** Seconds; `null`: the token never expires. Default: the client's `tokenTtl`. */
  readonly ttlSeconds?: number | null;
  /** What holds for it because it is a key. `onConflict`, `atLimit` and the client's limit are then not read. Default: it is none. */
  readonly key?: KeyRequest;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** A key: a token of a client that has `keys`. */
export interface KeyRequest {
  /** The keys that the user may have. */
  readonly max: number;
  /** The key that it replaces from its first use on, and whose name, scopes and lifetime it has. Default: none. */
  readonly replaces?: ReplacedKey;
}

/** A key that is rolled. */
export interface ReplacedKey {
  readonly id: string;
  /** How long it works on after the first use of the new one; 0: not at all. */
  readonly overlapSeconds: number;
  /** The longest lifetime that the new one may have. Default: `null`, any. */
  readonly maxTtlSeconds?: number | null;
}

export type IssueResult =
  | { readonly outcome: 'unknown-client' }
  | { readonly outcome: 'unknown-user' }
  /** The credentials are no longer those of the request. */
  | { readonly outcome: 'credentials-changed' }
  /** The session that creates the token has ended. */
  | { readonly outcome: 'session-ended' }
  /** `onConflict` was `refuse`, and the pair has a valid token. */
  | { readonly outcome: 'exists' }
  /** Why no key is issued: another one has its name, there are as many as allowed, or the one to replace is gone. */
  | { readonly outcome: 'name-taken' | 'key-limit' | 'key-not-found' }
  /** The user has as many sessions as the client allows. If there were more, because the limit was lowered, these ended. */
  | ({ readonly outcome: 'at-limit' } & EndedByIssue)
  | (HeldByIssue & EndedByIssue);

/** The token that the pair holds after an issue. */
export interface HeldByIssue {
  readonly outcome: 'kept' | 'renewed' | 'issued';
  readonly record: SessionRecord;
  /**
   * Whether the user was active while the row was locked. If the user is deactivated later, that sees the token. `null`: it
   * was not read, because more than the row decides.
   */
  readonly isUserActive: boolean | null;
}

/** The tokens of the pair that an issue ended: expired ones, and those beyond the client's limit. */
export interface EndedByIssue {
  readonly ended: readonly EndedToken[];
  /** Why the valid ones ended. */
  readonly reason: 'replaced' | 'evicted';
}

/** A session whose user has confirmed their identity again. The user's row is locked, as for an issue. */
export interface Reauthentication extends Pick<TokenIdentity, 'id' | 'selector'> {
  /** The user whose credentials were verified. */
  readonly userId: unknown;
  /** What the user's credentials must still be. Default: anything. */
  readonly credentials?: CredentialsDigest;
  /** In milliseconds since 1970; `null`: takes an earlier proof back. */
  readonly authenticatedAt: number | null;
}

/** `session-ended`: the user has no valid session with this id. The other refusals are those of an issue. */
export type ReauthenticationOutcome = 'authenticated' | 'unknown-user' | 'credentials-changed' | 'session-ended';

/** Restricts an operation to some of a user's tokens. All conditions must hold. */
export interface TokenFilter {
  readonly exceptId?: string;
  readonly exceptClients?: readonly string[];
  readonly onlyClient?: string;
  /** Only tokens that were created until then, in milliseconds since 1970. */
  readonly createdUntil?: number;
  /** Spares the tokens that this transaction stored. */
  readonly exceptTransaction?: string;
}

export interface TokenUse {
  readonly id: string;
  readonly usedAt: Date;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** A session and the row it was read from. */
export interface LoadedSession {
  readonly record: SessionRecord;
  readonly row: Readonly<Record<string, unknown>>;
}

/** Loads a session from the database, bypassing any cache. */
export type LoadSession = (selector: string) => Promise<LoadedSession | null>;

/** Encodes a session's row as text, for stores outside this process. */
export interface SessionFormat {
  /** Identifies the columns of the rows. It differs, for example, between two versions of an app that run side by side. */
  readonly layout: string;
  encode(row: LoadedSession['row']): string;
  decode(text: string): SessionRecord;
}

/**
 * The port to `durin_auth_token`. Each write is atomic. `now` is the caller's clock in milliseconds. The store knows
 * selectors, never tokens. It compares expiries and applies no other rule, and emits no events: its callers do. Every
 * method fails with STORE_UNAVAILABLE only.
 */
export interface TokenStore {
  /** The hot path: one prepared statement that joins the token, its client, its user and the `populate` relations. */
  findBySelector(selector: string): Promise<SessionRecord | null>;
  /** Returns a session that is in the memory of this process, without waiting; `null`: ask `findBySelector`. */
  findInMemory(selector: string): SessionRecord | null;
  /** The same, past any cache: for a decision that an outdated session would get wrong. */
  findStored(selector: string): Promise<SessionRecord | null>;
  /** Returns the `userRow` that a session of this user would have, also if the user has no token. */
  findUserRow(userId: unknown): Promise<object | null>;
  issue(request: IssueRequest, now: number): Promise<IssueResult>;
  /**
   * Extends an unexpired token to a full lifetime of its client from now. One that was issued with a lifetime of its own
   * keeps it. Returns `null` if there is no such token.
   */
  renew(id: string, now: number): Promise<RenewedToken | null>;
  /** Stores when the user of a valid session last confirmed their identity. */
  reauthenticate(request: Reauthentication, now: number): Promise<ReauthenticationOutcome>;
  /** @param reason why it ends, for the audit. The same below. */
  delete(token: KnownToken, reason: RevocationReason): Promise<TokenIdentity | null>;
  deleteBySelector(selector: string, reason: RevocationReason): Promise<TokenIdentity | null>;
  /** Deletes the token if it is still expired. */
  deleteIfExpired(token: Pick<SessionRecord, 'id' | 'selector'>, now: number): Promise<TokenIdentity | null>;
  /** Deletes the token if it belongs to this user, has not expired and passes the filter. */
  deleteOf(userId: unknown, id: string, filter: TokenFilter, now: number): Promise<TokenIdentity | null>;
  /**
   * Deletes the user's tokens, expired ones included. The user is locked first, so that a token that is being issued is
   * deleted as well.
   */
  deleteAllOf(userId: unknown, filter: TokenFilter, reason: RevocationReason): Promise<TokenIdentity[]>;
  /**
   * Deletes these tokens, or the tokens of these users or clients, which the same transaction is about to delete. Users
   * and clients are locked first, so that a token that is being issued for one of them is deleted as well.
   */
  deleteBefore(deleted: Deleted, keys: readonly unknown[], now: number): Promise<EndedToken[]>;
  /**
   * Lets the user's tokens expire now. The rows stay, so that a caller that presents one still learns the reason. The user
   * is locked first.
   */
  expireAllOf(userId: unknown, filter: TokenFilter, now: number): Promise<TokenIdentity[]>;
  /**
   * Finds at most `limit` expired tokens, to be deleted with `deleteExpired`.
   * @param except tokens that were found before and could not be deleted
   */
  findExpired(limit: number, now: number, except: readonly KnownToken[]): Promise<KnownToken[]>;
  /** Deletes those of the tokens that have still expired. Tokens locked by other transactions are skipped. */
  deleteExpired(found: readonly KnownToken[], now: number): Promise<TokenIdentity[]>;
  /** Returns the user's unexpired tokens, newest first. */
  listOf(userId: unknown, filter: TokenFilter, now: number): Promise<TokenRow[]>;
  /** Returns a token of the pair, expired or not: a valid one, if there is one. */
  findOf(userId: unknown, clientName: string): Promise<TokenRow | null>;
  /**
   * Stores when, from where and by which program tokens were used. Skips rows whose stored use is less than `intervalMs`
   * older, and rows that other transactions lock or change. Returns the ids of the tokens of the latter.
   */
  recordUses(uses: readonly TokenUse[], intervalMs: number): Promise<string[]>;
  /** Stores that a token is used now, unless it has expired. */
  keepAlive(token: Pick<SessionRecord, 'id' | 'selector'>, now: number): Promise<void>;
  /** Names an unexpired token of this user. Returns whether there is such a token. */
  rename(userId: unknown, id: string, name: string, filter: TokenFilter, now: number): Promise<boolean>;
}
