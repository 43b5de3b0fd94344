// Shared by the server and the SDK. This file imports nothing, so that the SDK contains no server code.

/** The tRPC error code and the message of each refusal. Messages are fixed and never contain input. */
export const refusals = {
  NO_CREDENTIALS: ['UNAUTHORIZED', 'Authentication credentials were not provided.'],
  MALFORMED_HEADER: ['UNAUTHORIZED', 'Invalid token header.'],
  INVALID_TOKEN: ['UNAUTHORIZED', 'Invalid token.'],
  TOKEN_EXPIRED: ['UNAUTHORIZED', 'The given token has expired.'],
  USER_INACTIVE: ['UNAUTHORIZED', 'User inactive or deleted.'],
  INVALID_CREDENTIALS: ['UNAUTHORIZED', 'Unable to log in with provided credentials.'],
  REAUTHENTICATION_REQUIRED: ['UNAUTHORIZED', 'Please confirm that it is you.'],
  NO_CLIENT: ['BAD_REQUEST', 'No client specified.'],
  UNKNOWN_CLIENT: ['BAD_REQUEST', 'No client with that name.'],
  CLIENT_NOT_ALLOWED: ['FORBIDDEN', 'This client may not use this procedure.'],
  INSUFFICIENT_SCOPE: ['FORBIDDEN', 'This token may not use this procedure.'],
  CURRENT_SESSION: ['BAD_REQUEST', 'Use logout to end the current session.'],
  SESSION_LIMIT: ['CONFLICT', 'You are signed in on as many devices as this client allows.'],
  SESSION_NOT_FOUND: ['NOT_FOUND', 'Not found.'],
  API_ACCESS_NOT_FOUND: ['NOT_FOUND', 'Not found.'],
  API_ACCESS_EXISTS: ['CONFLICT', 'An API token was already issued to you.'],
  API_ACCESS_DISABLED: ['NOT_FOUND', 'API access is not configured.'],
  KEY_NOT_FOUND: ['NOT_FOUND', 'No API key with that id.'],
  KEY_NAME_TAKEN: ['CONFLICT', 'You already have an API key with that name.'],
  KEY_LIMIT: ['CONFLICT', 'You have as many API keys as this client allows.'],
  NETWORK_NOT_ALLOWED: ['FORBIDDEN', 'This API key may not be used from this network.'],
  CROSS_SITE: ['FORBIDDEN', 'The session cookie may not be used from this page.'],
  COOKIE_UNAVAILABLE: [
    'BAD_REQUEST',
    'The session cookie cannot be set in this answer: call over HTTP, without streaming.',
  ],
  THROTTLED: ['TOO_MANY_REQUESTS', 'Request was throttled.'],
  NOT_ADMIN: ['FORBIDDEN', 'Only admins may use this procedure.'],
  INVALID_INPUT: ['BAD_REQUEST', 'The input is invalid.'],
  CLIENT_EXISTS: ['CONFLICT', 'A client with that name already exists.'],
  CLIENT_NOT_FOUND: ['NOT_FOUND', 'No client with that name.'],
  TOKEN_NOT_FOUND: ['NOT_FOUND', 'No token with that id.'],
  USER_NOT_FOUND: ['NOT_FOUND', 'No such user.'],
  STORE_UNAVAILABLE: ['SERVICE_UNAVAILABLE', 'The authentication store cannot be reached.'],
} as const;

/** Why durin refused a call. The list is closed. */
export type DurinErrorCode = keyof typeof refusals;

/** The data of a refused call, in `error.data.durin`. */
export interface DurinErrorData {
  code: DurinErrorCode;
  /** Seconds to wait before the next try. Only with THROTTLED. */
  retryAfter?: number;
  /** The limit that was hit: `client`, `key`, `login`, `auth`, or the scope of a guard, such as a procedure's path. Only with
   * THROTTLED. */
  scope?: string;
  /** How many seconds ago the user may have signed in or reauthenticated. Only with REAUTHENTICATION_REQUIRED. */
  maxAge?: number;
  /**
   * The scopes that the token lacks, or of which it needs one. Empty: no scope would help. Only with INSUFFICIENT_SCOPE.
   */
  missing?: readonly string[];
  /**
   * Sentences that describe the invalid input, by field: `name`, `changes.tokenTtl`, or `''` for the input as a whole.
   * Only from the admin router.
   */
  fields?: Readonly<Record<string, readonly string[]>>;
}

/** A device as its user agent names it, such as `Firefox` on `Windows`. `null`: not known. */
export interface Device {
  browser: string | null;
  os: string | null;
  type: 'desktop' | 'mobile' | 'tablet' | 'tv' | 'bot' | null;
}

/** A session as its owner sees it. Contains neither the token nor the user. */
export interface SessionView {
  id: string;
  /** The client's name. */
  client: string;
  /** The device's name, as the login or `sessions.rename` set it. */
  name: string | null;
  /** Parsed from its user agent; `null`: not known. */
  device: Device | null;
  created: Date;
  /** When it expires if it is not used again; `null`: never. */
  expiry: Date | null;
  hasExpired: boolean;
  /** The time left from now, in words: `23 hours`, or `never`. */
  expiresIn: string;
  /** Whether this is the session that made the call. */
  isCurrent: boolean;
  lastUsedAt: Date | null;
  ipAddress: string | null;
  userAgent: string | null;
}

/** A key, as its owner sees it. */
export interface KeyView<TScope extends string = string> {
  id: string;
  name: string | null;
  /** The prefix, and the first and the last four characters: `acme_3f9a…c21b`. */
  preview: string;
  /** What it may do now. */
  scopes: readonly TScope[];
  created: Date;
  /** When it expires if it is not used again; `null`: never. */
  expiry: Date | null;
  hasExpired: boolean;
  /** The time left from now, in words: `23 hours`, or `never`. */
  expiresIn: string;
  lastUsedAt: Date | null;
  /** The id of the key that this one replaces from its first use on; `null`: none, or it was used already. */
  replaces: string | null;
}

/** A user's only API key, of the client `apiAccess.clientName`. */
export interface ApiAccessView {
  client: string;
  created: Date;
  expiry: Date | null;
  hasExpired: boolean;
  expiresIn: string;
  /** The key itself. Only on creation, or if `apiAccess.includeToken` is set. */
  token?: string;
}
