import type { DurinErrorCode, DurinErrorData } from '../wire.ts';

/** A DurinError, as headers describe it. */
export interface Refusal {
  /** tRPC's code. */
  readonly code: string;
  readonly durin: Readonly<DurinErrorData>;
}

/**
 * Sets the headers of refused calls:
 * - `WWW-Authenticate` on 401, and on a 403 that another token might pass (RFC 9110, 11.6.1 and 15.5.4; RFC 6750, 3;
 *   RFC 9470, 3)
 * - `Retry-After` if a limit was hit
 * @param scheme the scheme that a challenge announces
 * @param isUnauthorized whether the answer to one of the calls is a 401. Default: whether durin refused one with it
 */
export function setRefusalHeaders(
  headers: Headers,
  refusals: readonly Refusal[],
  scheme: string,
  isUnauthorized = refusals.some(({ code }) => code === 'UNAUTHORIZED'),
): void {
  if (isUnauthorized) headers.set('WWW-Authenticate', challengeOf(refusals, scheme));
  else if (refusals.some(({ durin }) => withoutRight.has(durin.code)))
    headers.set('WWW-Authenticate', `${scheme} realm="api", error="insufficient_scope"${scopeOf(refusals)}`);

  const retryAfter = Math.max(0, ...refusals.map((refusal) => refusal.durin.retryAfter ?? 0));
  if (retryAfter > 0) headers.set('Retry-After', String(retryAfter));
}

/**
 * The challenge has an error code only if a token was refused, or its user has to confirm their identity again: not if no token
 * was presented (RFC 6750, 3.1), a login was refused, or the app itself refused the call.
 */
function challengeOf(refusals: readonly Refusal[], scheme: string): string {
  const isBadToken = refusals.some(({ code, durin }) => code === 'UNAUTHORIZED' && !acceptsToken.has(durin.code));
  if (isBadToken) return `${scheme} realm="api", error="invalid_token"`;
  const maxAge = Math.min(...refusals.map(({ durin }) => durin.maxAge ?? Infinity));
  const isStale = maxAge < Infinity;
  const error = isStale ? `, error="insufficient_user_authentication", max_age=${maxAge}` : '';
  return `${scheme} realm="api"${error}`;
}

/** Refusals that are no fault of the token. */
const acceptsToken: ReadonlySet<DurinErrorCode> = new Set([
  'NO_CREDENTIALS',
  'INVALID_CREDENTIALS',
  'REAUTHENTICATION_REQUIRED',
]);

/** Refusals of a valid token that has not the right to make this call (RFC 6750, 3.1). */
const withoutRight: ReadonlySet<DurinErrorCode> = new Set(['CLIENT_NOT_ALLOWED', 'INSUFFICIENT_SCOPE', 'NOT_ADMIN']);

/** Proxies refuse long headers. */
const maxScopeLength = 2000;

/** The scopes that the refused calls of a batch need together. A header has no place for very many. */
function scopeOf(refusals: readonly Refusal[]): string {
  const scope = [...new Set(refusals.flatMap(({ durin }) => durin.missing ?? []))].join(' ');
  return scope === '' || scope.length > maxScopeLength ? '' : `, scope="${scope}"`;
}
