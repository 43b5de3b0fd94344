/**
 * What the server and the client SDK agree on. Imports nothing, so that the SDK can import it.
 */

/** Every refusal: its tRPC error code, and the one sentence that the caller sees. Sentences never contain input. */
export const refusals = {
  NO_CREDENTIALS: ['UNAUTHORIZED', 'Authentication credentials were not provided.'],
  MALFORMED_HEADER: ['UNAUTHORIZED', 'Invalid token header.'],
  INVALID_TOKEN: ['UNAUTHORIZED', 'Invalid token.'],
  TOKEN_EXPIRED: ['UNAUTHORIZED', 'The given token has expired.'],
  USER_INACTIVE: ['UNAUTHORIZED', 'User inactive or deleted.'],
  INVALID_CREDENTIALS: ['UNAUTHORIZED', 'Unable to log in with provided credentials.'],
  NO_CLIENT: ['BAD_REQUEST', 'No client specified.'],
  UNKNOWN_CLIENT: ['BAD_REQUEST', 'No client with that name.'],
  CLIENT_NOT_ALLOWED: ['FORBIDDEN', 'This client may not use this procedure.'],
  CURRENT_SESSION: ['BAD_REQUEST', 'Use logout to end the current session.'],
  SESSION_NOT_FOUND: ['NOT_FOUND', 'Not found.'],
  API_ACCESS_NOT_FOUND: ['NOT_FOUND', 'Not found.'],
  API_ACCESS_EXISTS: ['CONFLICT', 'An API token was already issued to you.'],
  API_ACCESS_DISABLED: ['NOT_FOUND', 'API access is not configured.'],
  THROTTLED: ['TOO_MANY_REQUESTS', 'Request was throttled.'],
  NOT_ADMIN: ['FORBIDDEN', 'Only admins may use this procedure.'],
  INVALID_INPUT: ['BAD_REQUEST', 'The input is invalid.'],
  CLIENT_EXISTS: ['CONFLICT', 'A client with that name already exists.'],
  CLIENT_NOT_FOUND: ['NOT_FOUND', 'No client with that name.'],
  TOKEN_NOT_FOUND: ['NOT_FOUND', 'No token with that id.'],
  USER_NOT_FOUND: ['NOT_FOUND', 'No such user.'],
  STORE_UNAVAILABLE: ['SERVICE_UNAVAILABLE', 'The authentication store cannot be reached.'],
} as const;

/** The closed list of reasons for which durin refuses a call. */
export type DurinErrorCode = keyof typeof refusals;

/** What a refused call carries in `error.data.durin`. */
export interface DurinErrorData {
  code: DurinErrorCode;
  /** Seconds to wait before the next try; with THROTTLED only. */
  retryAfter?: number;
  /** The limit that was hit: `client`, `login`, or the scope given to `throttledProcedure`; with THROTTLED only. */
  scope?: string;
  /**
   * What is wrong with the input, by field (`name`, `changes.tokenTtl`; `''`: the whole), in sentences; from the admin
   * router only.
   */
  fields?: Readonly<Record<string, readonly string[]>>;
}

/** A session as its owner sees it: never a token, never the user. */
export interface SessionView {
  id: string;
  /** The client's name. */
  client: string;
  created: Date;
  /** `null`: never expires. */
  expiry: Date | null;
  hasExpired: boolean;
  /** The time left from now, in words: `23 hours`, or `never`. */
  expiresIn: string;
  /** Whether the call that lists the sessions was made with this one. */
  isCurrent: boolean;
  lastUsedAt: Date | null;
  ipAddress: string | null;
  userAgent: string | null;
}

/** A user's API key, without the key unless `apiAccess.includeToken` is set. */
export interface ApiAccessView {
  client: string;
  created: Date;
  expiry: Date | null;
  hasExpired: boolean;
  expiresIn: string;
  token?: string;
}
