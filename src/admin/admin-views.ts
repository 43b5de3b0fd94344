/**
 * What the admin router answers. A token itself is in one answer only, that of `tokens.issue`; its public half, the
 * selector, is in none.
 */

/** A user's primary key as it travels in JSON: a bigint is a string of digits. */
export type UserId = string | number;

/** A user, named as `userLabel` names it. */
export interface UserView {
  id: UserId;
  label: string;
}

/** Who calls the admin router. */
export interface AdminView extends UserView {
  /** The client's name. */
  client: string;
  /** The token of this call, as `tokens.list` has it. */
  tokenId: string;
}

/** A client, with the number of its tokens, expired ones included: as many go if it is deleted. */
export interface ClientRow {
  id: number;
  name: string;
  /** Seconds; `null`: its tokens never expire. */
  tokenTtl: number | null;
  throttleRate: string | null;
  created: Date;
  tokens: number;
}

export interface ClientPage {
  items: ClientRow[];
  /** Of all pages. */
  total: number;
}

/** A token as an admin sees it. */
export interface AdminTokenView {
  id: string;
  user: UserView;
  /** The client's name. */
  client: string;
  created: Date;
  /** `null`: never expires. */
  expiry: Date | null;
  hasExpired: boolean;
  /** The time left from now, in words: `23 hours`, or `never`. */
  expiresIn: string;
  /** `null`: not since it was issued. */
  lastUsedAt: Date | null;
  ipAddress: string | null;
  userAgent: string | null;
}

export interface TokenPage {
  items: AdminTokenView[];
  /** For the next page; `null`: this was the last. */
  nextCursor: string | null;
  /** Whether more users match `search` than were looked through, so that some tokens may be missing. */
  isSearchCut: boolean;
}

/** A new token. It is not shown again. */
export interface IssuedTokenView {
  token: string;
  session: AdminTokenView;
}

/** How many tokens a client has, and how many of them were used of late. */
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

/** A day (UTC) of the tokens that there are now: those that were revoked or purged since are not counted. */
export interface UsageDay {
  /** `2026-11-23` */
  day: string;
  /** Tokens that were issued on that day. */
  issued: number;
  /** Tokens whose last use was on that day. */
  lastUsed: number;
}
