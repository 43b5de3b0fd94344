import type { TRPCError } from '@trpc/server';
import { type DurinError, isDurinError } from '../errors.ts';
import { type DurinContext, DurinRequest, isDurinContext } from '../request/durin-request.ts';
import type { LimitState } from '../throttle/throttle.ts';
import type { DurinErrorCode } from '../wire.ts';

/** What an adapter passes to `responseMeta`, as far as durin reads it. */
export interface ResponseFacts {
  readonly ctx?: object | undefined;
  readonly errors: readonly TRPCError[];
  readonly info?: { readonly calls: readonly { readonly procedure: unknown }[] } | undefined;
}

export interface ResponseHeadersDeps {
  /** The scheme that a challenge announces. */
  readonly scheme: string;
  /** Whether the answers of this procedure may hold a token or a session. */
  readonly isPrivate: (procedure: unknown) => boolean;
  readonly limitsOf: (ctx: DurinContext) => Iterable<LimitState>;
  /** Whether calls of the request had their credentials from the session cookie. */
  readonly hasUsedCookie: (ctx: DurinContext) => boolean;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/**
 * Creates `responseMeta`, which sets the headers of a response:
 * - `WWW-Authenticate` on 401, and on a 403 that another token might pass (RFC 9110, 11.6.1 and 15.5.4; RFC 6750, 3;
 *   RFC 9470, 3)
 * - `Retry-After`, `RateLimit-Policy` and `RateLimit` on throttled routes (draft-ietf-httpapi-ratelimit-headers)
 * - `Cache-Control: no-store` and `Date` on answers of the auth router. An SDK whose clock is wrong counts expiries from
 *   that `Date`.
 * - `Cache-Control: private` on other answers to a request with `apiKeyHeader` or the session cookie: shared caches may otherwise store them, since
 *   their rule for requests with an Authorization header does not apply (RFC 9111, 3.5)
 *
 * - `Set-Cookie` where the adapter lets nothing else set it, as on Lambda
 *
 * A streamed response sends its headers before its calls have run, so it has only the last three.
 */
export function createResponseMeta({ scheme, isPrivate, limitsOf, hasUsedCookie, now }: ResponseHeadersDeps) {
  function hasPrivateCredentials(ctx: DurinContext): boolean {
    return DurinRequest.presentedBy(ctx.durin).apiKey !== null || hasUsedCookie(ctx);
  }

  function setRefusal(headers: Headers, errors: ResponseFacts['errors']): void {
    const refusals = errors.filter(isDurinError);
    if (errors.some((error) => error.code === 'UNAUTHORIZED'))
      headers.set('WWW-Authenticate', challengeOf(refusals, scheme));
    else if (refusals.some(({ durin }) => withoutRight.has(durin.code)))
      headers.set('WWW-Authenticate', `${scheme} realm="api", error="insufficient_scope"${scopeOf(refusals)}`);

    const retryAfter = Math.max(0, ...refusals.map((refusal) => refusal.durin.retryAfter ?? 0));
    if (retryAfter > 0) headers.set('Retry-After', String(retryAfter));
  }

  return function responseMeta({ ctx, errors, info }: ResponseFacts): { headers: Headers } {
    const headers = new Headers();
    if (errors.length > 0) setRefusal(headers, errors);
    if (isDurinContext(ctx)) {
      setLimits(headers, [...limitsOf(ctx)]);
      for (const cookie of DurinRequest.takeCookieHeaders(ctx.durin)) headers.append('Set-Cookie', cookie);
    }
    if (info?.calls.some((call) => isPrivate(call.procedure))) {
      headers.set('Cache-Control', 'no-store');
      headers.set('Date', new Date(now()).toUTCString());
    } else if (isDurinContext(ctx) && hasPrivateCredentials(ctx)) {
      headers.set('Cache-Control', 'private');
    }
    return { headers };
  };
}

function setLimits(headers: Headers, limits: readonly LimitState[]): void {
  if (limits.length === 0) return;
  headers.set('RateLimit-Policy', limits.map(policyOf).join(', '));
  headers.set('RateLimit', limits.map(remainderOf).join(', '));
}

function policyOf({ scope, quota }: LimitState): string {
  return `${quoted(scope)};q=${quota.limit};w=${quota.windowSeconds}`;
}

function remainderOf({ scope, remaining, resetSeconds }: LimitState): string {
  return `${quoted(scope)};r=${remaining};t=${resetSeconds}`;
}

/**
 * The challenge has an error code only if a token was refused, or its user has to prove again to be the user: not if no token
 * was presented (RFC 6750, 3.1), a login was refused, or the app itself refused the call.
 */
function challengeOf(refusals: readonly DurinError[], scheme: string): string {
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
function scopeOf(refusals: readonly DurinError[]): string {
  const scope = [...new Set(refusals.flatMap(({ durin }) => durin.missing ?? []))].join(' ');
  return scope === '' || scope.length > maxScopeLength ? '' : `, scope="${scope}"`;
}

/** A string of a structured field (RFC 9651). Scopes are checked to fit into one. */
function quoted(scope: string): string {
  return `"${scope.replaceAll(/["\\]/g, '\\$&')}"`;
}
