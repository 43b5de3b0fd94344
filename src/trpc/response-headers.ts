import type { TRPCError } from '@trpc/server';
import { DurinError } from '../errors.ts';
import { type DurinContext, isDurinContext } from '../request/durin-request.ts';
import type { LimitState } from '../throttle/throttle.ts';
import type { DurinErrorCode } from '../wire.ts';

/** What an adapter passes to `responseMeta`, as far as durin looks at it. */
export interface ResponseFacts {
  readonly ctx?: object | undefined;
  readonly errors: readonly TRPCError[];
  readonly info?: { readonly calls: readonly { readonly procedure: unknown }[] } | undefined;
}

export interface ResponseMetaDeps {
  readonly scheme: string;
  /** Whether this procedure's answers may hold a token or a session. */
  readonly isPrivate: (procedure: unknown) => boolean;
  readonly limitsOf: (ctx: DurinContext) => Iterable<LimitState>;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/**
 * The headers of a response: a challenge on 401 (RFC 9110, 11.6.1; RFC 6750, 3), Retry-After and the RateLimit fields
 * (draft-ietf-httpapi-ratelimit-headers) on throttled routes, and on the auth router's answers no-store, and the Date on
 * which their expiries count, for clients whose clock is wrong. A streamed response sends its headers before its calls
 * have run: then only the last two are known.
 */
export function createResponseMeta({ scheme, isPrivate, limitsOf, now }: ResponseMetaDeps) {
  return function responseMeta({ ctx, errors, info }: ResponseFacts): { headers: Headers } {
    const headers = new Headers();
    const refusals = errors.filter((error) => error instanceof DurinError);
    if (errors.some((error) => error.code === 'UNAUTHORIZED')) {
      headers.set('WWW-Authenticate', challengeOf(refusals, scheme));
    }

    const retryAfter = Math.max(0, ...refusals.map((refusal) => refusal.durin.retryAfter ?? 0));
    if (retryAfter > 0) headers.set('Retry-After', String(retryAfter));

    const limits = isDurinContext(ctx) ? [...limitsOf(ctx)] : [];
    if (limits.length > 0) {
      headers.set(
        'RateLimit-Policy',
        limits.map(({ scope, quota }) => `${quoted(scope)};q=${quota.limit};w=${quota.windowSeconds}`).join(', '),
      );
      headers.set(
        'RateLimit',
        limits
          .map(({ scope, remaining, resetSeconds }) => `${quoted(scope)};r=${remaining};t=${resetSeconds}`)
          .join(', '),
      );
    }

    if (info?.calls.some((call) => isPrivate(call.procedure))) {
      headers.set('Cache-Control', 'no-store');
      headers.set('Date', new Date(now()).toUTCString());
    }
    return { headers };
  };
}

/** No error code where nothing was presented (RFC 6750, 3.1), nor where a login was refused, or the app refused. */
function challengeOf(refusals: readonly DurinError[], scheme: string): string {
  const isBadToken = refusals.some(({ code, durin }) => code === 'UNAUTHORIZED' && !withoutToken.has(durin.code));
  return `${scheme} realm="api"${isBadToken ? ', error="invalid_token"' : ''}`;
}

const withoutToken: ReadonlySet<DurinErrorCode> = new Set(['NO_CREDENTIALS', 'INVALID_CREDENTIALS']);

/** A structured field's string; scopes are checked to fit into one. */
function quoted(scope: string): string {
  return `"${scope.replaceAll(/["\\]/g, '\\$&')}"`;
}
