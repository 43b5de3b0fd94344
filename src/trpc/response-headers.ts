import type { TRPCError } from '@trpc/server';
import { isDurinError } from '../errors.ts';
import { setRefusalHeaders } from '../refusals/refusal-headers.ts';
import { type DurinContext, DurinRequest, isDurinContext } from '../request/durin-request.ts';
import type { LimitState } from '../throttle/throttle.ts';

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
  /** Whether the credentials of the request are in the session cookie, also before its calls run. */
  readonly hasCookie: (ctx: DurinContext) => boolean;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/**
 * Creates `responseMeta`, which sets the headers of a response:
 * - `WWW-Authenticate` and `Retry-After` on refusals, see `setRefusalHeaders`
 * - `RateLimit-Policy` and `RateLimit` on throttled routes (draft-ietf-httpapi-ratelimit-headers)
 * - `Cache-Control: no-store` and `Date` on answers of the auth router. An SDK whose clock is wrong counts expiries from
 *   that `Date`.
 * - `Cache-Control: private` on other answers to a request with `apiKeyHeader` or the session cookie: shared
 *   caches may otherwise store them, because their rule for requests with an Authorization header does not apply (RFC 9111, 3.5)
 * - `Set-Cookie` where the adapter lets nothing else set it, as on Lambda
 *
 * A streamed response sends its headers before its calls have run, so it has only the last three.
 */
export function createResponseMeta({ scheme, isPrivate, limitsOf, hasCookie, now }: ResponseHeadersDeps) {
  function hasPrivateCredentials(ctx: DurinContext): boolean {
    return DurinRequest.presentedBy(ctx.durin).apiKey !== null || hasCookie(ctx);
  }

  return function responseMeta({ ctx, errors, info }: ResponseFacts): { headers: Headers } {
    const headers = new Headers();
    if (errors.length > 0) setRefusalHeaders(headers, errors.filter(isDurinError), scheme, errors.some(isUnauthorized));
    if (isDurinContext(ctx)) {
      setLimitHeaders(headers, [...limitsOf(ctx)]);
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

/** Also of the app's own 401, which needs a challenge as well. */
function isUnauthorized({ code }: TRPCError): boolean {
  return code === 'UNAUTHORIZED';
}

/** Sets the state of the limits that a request counted to. */
export function setLimitHeaders(headers: Headers, limits: readonly LimitState[]): void {
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

/** A string of a structured field (RFC 9651). Scopes are checked to fit into one. */
function quoted(scope: string): string {
  return `"${scope.replaceAll(/["\\]/g, '\\$&')}"`;
}
