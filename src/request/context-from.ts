import { DurinUsageError } from '../errors.ts';
import type { RequestCall } from './durin-request.ts';
import { type HeaderSource, propertyOf } from './headers.ts';
import type { SetCookie } from './response-cookies.ts';

/** What `durin.contextFrom` takes beside the headers. */
export interface ContextFromOptions {
  /** The caller's address, if the app knows it. Default: the one that `trustProxy` believes. */
  ipAddress?: string | null | undefined;
  /**
   * The request's method, for `durin.guard` and `durin.authenticate`, which check where a change with a session cookie comes from:
   * pass it in a server action. Default: they take the request for a read.
   */
  method?: string | undefined;
  /** Sets the session cookie, where logins are called with this context. Default: nothing does, and they are refused. */
  setCookie?: SetCookie | undefined;
}

/**
 * What an adapter would pass, for a request of which only the headers are known.
 * @throws DurinUsageError if there are no headers
 */
export function callFrom(headers: HeaderSource, options: ContextFromOptions = {}): RequestCall {
  if (typeof headers !== 'object' || headers === null || typeof propertyOf(headers, 'then') === 'function')
    throw new DurinUsageError("contextFrom: headers must be a request's headers, such as await headers() of Next.js");
  const { ipAddress, method, setCookie } = options;
  return { req: { headers, method }, ipAddress, setCookie };
}
