/**
 * The outputs of the admin router. Only `tokens.issue` and `keys.roll` return a token. Nothing returns a selector, the half of
 * the token that the database stores.
 */

import type { AuditAction, AuditActor } from '../database/records/audit-actions.ts';
import type { Device } from '../wire.ts';

/** A user's primary key in JSON: a bigint is a string of digits. */
export type UserId = string | number;

/** A user, with the label that `userLabel` returns. */
export interface UserView {
  id: UserId;
  label: string;
}

/** The admin who makes the call. */
export interface AdminView extends UserView {
  /** The client's name. */
  client: string;
  /** The id of the token that this call was made with, as in `tokens.list`. */
  tokenId: string;
  /** `read`: the admin may see everything and change nothing. */
  role: 'admin' | 'read';
}

/** A client with the number of its tokens, expired ones included. Deleting the client deletes that many tokens. */
export interface ClientRow {
  id: number;
  name: string;
  /** Seconds; `null`: its tokens never expire. */
  tokenTtl: number | null;
  throttleRate: string | null;
  /** The sessions that a user may have at once. */
  maxSessions: number;
  /** What a login does at that limit. */
  atLimit: 'end-oldest' | 'refuse';
  /** Seconds without use after which a session ends; `null`: it does not. */
  idleTtl: number | null;
  /** Seconds after which a session ends in any case; `null`: it does not. */
  maxLifetime: number | null;
  created: Date;
  tokens: number;
}

export interface ClientPage {
  items: ClientRow[];
  /** The number of clients on all pages. */
  total: number;
}

/** A token as an admin sees it. */
export interface AdminTokenView {
  id: string;
  user: UserView;
  /** The client's name. */
  client: string;
  /** The device's or the key's name. */
  name: string | null;
  /** The prefix, and the first and the last four characters: `acme_3f9a…c21b`. */
  preview: string;
  /** The browser and the system that it was last used with, as far as its user agent names them. */
  device: Device | null;
  /** The scopes that it was issued with; `null`: all of its client's. */
  scopes: readonly string[] | null;
  created: Date;
  /** When it expires if it is not used again; `null`: never. */
  expiry: Date | null;
  hasExpired: boolean;
  /** The time left from now, in words: `23 hours`, or `never`. */
  expiresIn: string;
  /** `null`: not used yet. */
  lastUsedAt: Date | null;
  ipAddress: string | null;
  userAgent: string | null;
  /** The id of the key that this key replaces from its first use on; `null`: none, or it was used already. */
  replaces: string | null;
  /** The id of the key that replaces this one from its own first use on; `null`: none. */
  replacedBy: string | null;
}

export interface TokenPage {
  items: AdminTokenView[];
  /** Pass it as `cursor` to get the next page; `null`: this is the last page. */
  nextCursor: string | null;
  /** Whether `search` matches too many users to list the tokens of all of them. */
  isSearchCut: boolean;
}

/** A new token. No other call returns it. */
export interface IssuedTokenView {
  token: string;
  session: AdminTokenView;
  /** How many sessions of the user ended, to make room for it. */
  ended: number;
}

/** How many tokens a client has, and how many of them were used recently. */
export interface ClientUsage {
  client: string;
  /** Expired ones included. */
  tokens: number;
  /** Used in the last 24 hours. */
  activeDay: number;
  /** Used in the last 7 days. */
  activeWeek: number;
  /** Used in the last 30 days. */
  activeMonth: number;
}

/** The usage of one day (UTC). Counts only tokens that still exist, so not those revoked or purged since. */
export interface UsageDay {
  /** `2026-11-23` */
  day: string;
  /** Tokens issued on that day. */
  issued: number;
  /** Tokens whose last use was on that day. */
  lastUsed: number;
}

/** A change of a token or a client. */
export interface AuditView {
  /** Digits. A later change has a larger number. */
  id: string;
  at: Date;
  action: AuditAction;
  /** Why a token was revoked; `null` for other actions. */
  reason: string | null;
  /** `null`: the change is of a client. */
  tokenId: string | null;
  /** The token's owner. The label of a deleted user is its key. */
  user: UserView | null;
  /** The client's name, as it was then. */
  client: string | null;
  actor: AuditActor;
  /** The user who made the change; `null`: none did. */
  actorUser: UserView | null;
  actorTokenId: string | null;
  ipAddress: string | null;
  userAgent: string | null;
  /** The name and the scopes, or the columns that changed, each with its old and its new value. */
  details: Readonly<Record<string, unknown>> | null;
}

export interface AuditPage {
  items: AuditView[];
  /** Pass it as `cursor` to get the next page; `null`: this is the last page. */
  nextCursor: string | null;
}

/** The calls of a day (UTC). */
export interface CallDay {
  /** `2026-11-23` */
  day: string;
  calls: number;
  /** The users who made them. */
  users: number;
}

/** The calls through a client. */
export interface ClientCallsView {
  client: string;
  calls: number;
  users: number;
}

/** A user and the calls that it made. The label of a deleted user is its key. */
export interface ActiveUserView {
  user: UserView;
  calls: number;
}
