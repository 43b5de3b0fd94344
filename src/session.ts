import { nameProblem } from './values/name-problem.ts';

/** The longest name of a session, in characters: a device's or a key's. */
export const tokenNameLength = 64;

/** Describes what is wrong with a session's name; `null`: the name is valid. */
export function sessionNameProblem(name: unknown): string | null {
  return nameProblem(name, tokenNameLength);
}

/** A client as sessions know it. */
export interface SessionClient {
  readonly id: number;
  readonly name: string;
  /** The lifetime of its tokens in seconds. `null`: they never expire. */
  readonly tokenTtl: number | null;
  readonly throttleRate: string | null;
}

/** The columns of a `durin_auth_token` row that its owner may see, and its selector. */
export interface TokenRow {
  readonly id: string;
  readonly selector: string;
  readonly clientName: string;
  /** The device's or the key's name. */
  readonly name: string | null;
  readonly createdAt: Date;
  /** When it expires if it is not used again; `null`: never. */
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** The result of one look-up: a token's row with its client and user, everything that `authenticate` judges. */
export interface SessionRecord {
  readonly id: string;
  readonly selector: string;
  /** The user's primary key. */
  readonly userId: unknown;
  /** The user's columns, for deciding whether the user is active. */
  readonly userRow: object;
  /** The user as `ctx.user` shows it. */
  readonly user: object;
  readonly client: SessionClient;
  /** What the token was issued with; `null`: all scopes of its client. */
  readonly scopes: readonly string[] | null;
  /** The key that this one is to replace; `null`: none, or this one was used already. */
  readonly replaces: string | null;
  readonly createdAt: Date;
  /** When the user last confirmed their identity; `null`: never. */
  readonly authenticatedAt: Date | null;
  /** When it expires if it is not used again; `null`: never. */
  readonly expiresAt: Date | null;
  /** Whether it expires then only if it is not used, so that a use moves `expiresAt`. */
  readonly expiresByIdling: boolean;
  /** Whether its client has an `idleTtl`, so that its uses extend it. */
  readonly isExtendedByUse: boolean;
  /** When it expires however it is used; `null`: never. */
  readonly latestExpiry: Date | null;
  readonly lastUsedAt: Date | null;
  /** Whether only a test knows it, so that nothing of it is counted or announced. Default: false */
  readonly isOfTest?: boolean;
}

/** A session as `ctx.auth` shows it. */
export interface Auth<TUser = object, TClient = SessionClient, TScope extends string = string> {
  readonly id: string;
  readonly user: TUser;
  readonly client: TClient;
  /** The scopes that it holds, in the order of the option `scopes`. */
  readonly scopes: readonly TScope[];
  readonly created: Date;
  /** `null`: never expires. */
  readonly expiry: Date | null;
  readonly hasExpired: boolean;
  /** The time left from now, in words: `23 hours`, or `never`. */
  readonly expiresIn: string;
}

/** A session as `ctx.auth` shows it to the procedure of a call. */
export interface CallAuth<TUser = object, TClient = SessionClient, TScope extends string = string>
  extends Auth<TUser, TClient, TScope> {
  /**
   * Aborted when the session ends, with the DurinError as its reason. It follows the session while the call is in progress:
   * until a query or mutation has its answer, and until what it streams has ended. Not part of a copy of `ctx.auth`.
   */
  readonly ended: AbortSignal;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether `text` has the form of a session's id. PostgreSQL throws on anything that is not a UUID. */
export function isSessionId(text: string): boolean {
  return uuid.test(text);
}
