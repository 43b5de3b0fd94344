import { DurinError, isDurinError } from '../errors.ts';
import { type Credentials, parseApiKey, parseAuthorization } from '../request/authorization.ts';
import type { CookieSettings } from '../request/cookie-settings.ts';
import { DurinRequest } from '../request/durin-request.ts';
import { judgeSite } from '../request/judge-site.ts';

/** What a request presents, and whether a browser has sent it by itself. */
export interface PresentedCredentials {
  readonly credentials: Credentials;
  /** Whether they came in the session cookie. */
  readonly isCookie: boolean;
}

export interface CredentialSources {
  /** The schemes of the Authorization header that are read. */
  readonly schemes: readonly string[];
  /** The name of the session cookie; `null`: cookies are not read. */
  readonly cookieName: string | null;
}

/**
 * The credentials of a request: from the Authorization header, else from `connectionParams`, else from `apiKeyHeader`, and
 * from the session cookie if there is none of these.
 */
export function presentedCredentials(
  request: DurinRequest,
  { schemes, cookieName }: CredentialSources,
): PresentedCredentials {
  const { authorizations, apiKey } = DurinRequest.presentedBy(request);
  for (const text of authorizations) {
    const credentials = parseAuthorization(text, schemes);
    if (credentials.kind !== 'none') return { credentials, isCookie: false };
  }
  const credentials = parseApiKey(apiKey);
  if (credentials.kind !== 'none' || cookieName === null) return { credentials, isCookie: false };
  const inCookie = DurinRequest.sessionCookieOf(request, cookieName);
  return { credentials: inCookie, isCookie: inCookie.kind !== 'none' };
}

/**
 * Why these credentials may not make a call: CROSS_SITE. Other sites can make a browser send the session cookie, so a change needs
 * a page that is known, and so does everything on a WebSocket, whose answers any page can read.
 */
export function siteRefusalOf(
  request: DurinRequest,
  { isCookie }: PresentedCredentials,
  { cookies, isChange }: { readonly cookies: CookieSettings | null; readonly isChange: boolean },
): DurinError | null {
  if (!isCookie || cookies === null || !(isChange || DurinRequest.isSocket(request))) return null;
  const judgement = judgeSite(DurinRequest.siteClaimsOf(request), cookies);
  return judgement === 'cross-site' ? new DurinError('CROSS_SITE') : null;
}

/**
 * Whether the error only means that nobody is signed in. A browser sends the cookie of a session for months after its end, and
 * no script can delete it, so it is not a bad token.
 * @param isCookie whether the credentials came in the session cookie
 */
export function isSignedOut(error: unknown, isCookie: boolean): boolean {
  if (!isDurinError(error)) return false;
  return error.durin.code === 'NO_CREDENTIALS' || (isCookie && error.code === 'UNAUTHORIZED');
}
