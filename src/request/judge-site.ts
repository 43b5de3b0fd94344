/** What a request reports about the page that caused it. Pages cannot change these headers. */
export interface SiteClaims {
  /** `Sec-Fetch-Site`, which browsers send to https and to localhost. */
  readonly fetchSite: string | null;
  /** `Origin`, which they send with every POST, with every WebSocket, and with requests to another origin. */
  readonly origin: string | null;
  /** The host that the request was sent to, with its port. */
  readonly host: string | null;
}

/** Whose pages may make changes. */
export interface SiteRules {
  /** Whether pages must come over https. Those of this machine need not. */
  readonly isSecure: boolean;
  /** The origins beside the server's own. */
  readonly allowedOrigins: ReadonlySet<string>;
}

/**
 * Whether a request comes from a page that may use the session cookie for changes: one of the server's own origin, or of an
 * allowed one. Where a browser reports that the page is of another origin, as one of a sub-domain is (`same-site`), it must be
 * allowed: the server may be wrong about its own host. A request without both headers does not come from a page that is known.
 */
export function judgeSite({ fetchSite, origin, host }: SiteClaims, rules: SiteRules): 'allowed' | 'cross-site' {
  if (fetchSite === 'same-origin') return 'allowed';
  if (origin === null || !URL.canParse(origin)) return 'cross-site'; // also `null`, the origin of a sandboxed frame
  if (rules.allowedOrigins.has(origin)) return 'allowed';
  return fetchSite === null && isOwn(new URL(origin), host, rules) ? 'allowed' : 'cross-site';
}

function isOwn(origin: URL, host: string | null, { isSecure }: SiteRules): boolean {
  const isWeb = origin.protocol === 'https:' || (origin.protocol === 'http:' && (!isSecure || isLoopback(origin)));
  const own = `${origin.protocol}//${host ?? ''}`;
  return isWeb && URL.canParse(own) && new URL(own).host === origin.host;
}

/** Whether a page is of this machine, which browsers trust without https. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
