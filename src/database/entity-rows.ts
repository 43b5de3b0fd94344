import type { Opt } from '@mikro-orm/core';
import type { AtLimit } from '../values/client-fields.ts';

/** A row of `durin_client`: an API consumer such as `web`, `cli` or `api`. */
export interface DurinClient {
  id: number;
  /** Unique and case-sensitive; 1 to 64 characters. */
  name: string;
  /** Lifetime of its tokens in seconds; `null`: they never expire. Default: one day. */
  tokenTtl: Opt<number> | null;
  /** Calls per user, such as `100/m`; `null`: the rate of the option `throttle.rate` applies. */
  throttleRate: string | null;
  /** The sessions that a user may have at once, 1 to 1000. Default: 1. */
  maxSessions: Opt<number>;
  /** What a login does when a user has `maxSessions` sessions. Default: `end-oldest`. */
  atLimit: Opt<AtLimit>;
  /** Seconds without use after which a session ends, at least 300; `null`: it never does. Default: `null`. */
  idleTtl: number | null;
  /** Seconds after which a session ends, however often it was refreshed; `null`: never. Default: `null`. */
  maxLifetime: number | null;
  created: Opt<Date>;
}

/** A row of `durin_auth_token`: a token that a user holds for a client. Only durin writes it. */
export interface DurinAuthToken<TUser extends object = object, TClient extends DurinClient = DurinClient> {
  id: string;
  /** The token's public half, 32 hex characters. The token itself is never stored. */
  selector: string;
  user: TUser;
  client: TClient;
  /** Numbers the sessions of the user and client, from 0. */
  slot: Opt<number>;
  /** The device's or the key's name. */
  name: string | null;
  /** The scopes that it was issued with; `null`: all of its client's. */
  scopes: string[] | null;
  created: Date;
  /** When the user last confirmed their identity; `null`: never, as for a token that the server issued. */
  authenticatedAt: Date | null;
  /** `null`: never. */
  expiry: Date | null;
  /** Beyond it, nothing extends the token; `null`: no limit. */
  maxExpiry: Date | null;
  /** The token that this one replaces from its first use on; `null`: none, or this one was used. */
  replaces: string | null;
  /** All tokens that it replaces then, the latest first. After that, the one of them that works on. */
  line: string[] | null;
  /** Seconds for which that one works on after the first use; `null`: this token was used, or replaces none. */
  overlap: number | null;
  /** When the user was last warned that it expires. Of a key that was replaced, its end: there is nothing to warn of. */
  warnedAt: Date | null;
  /** Its last use; `null`: not used yet, and issued without a request. */
  use: DurinTokenUse | null;
}

/** A row of `durin_token_use`: when and from where a token was last used. Apart from the token, because it changes often. */
export interface DurinTokenUse {
  token: object;
  lastUsedAt: Date | null;
  /** The day (UTC) of `lastUsedAt`, by which lists find it. */
  lastUsedOn: string | null;
  ipAddress: string | null;
  userAgent: string | null;
}
