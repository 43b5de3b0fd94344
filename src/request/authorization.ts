/** The credentials in an Authorization header: none of durin's, malformed ones, or a token that is not yet verified. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'token'; readonly token: string };

/** Far longer than any valid header. The rest of a longer one is not read. */
const maxHeaderLength = 1024;

/**
 * Parses `<scheme> <token>` (RFC 9110, section 11.6.2). The scheme is compared without case. Another scheme counts as
 * no credentials. Extra white space is ignored.
 */
export function parseAuthorization(header: string | null | undefined, scheme: string): Credentials {
  const text = header?.slice(0, maxHeaderLength).trim() ?? '';
  const [presentedScheme, token, ...rest] = text.split(/[ \t]+/);
  if (presentedScheme?.toLowerCase() !== scheme.toLowerCase()) return { kind: 'none' };
  if (token === undefined || rest.length > 0 || (header?.length ?? 0) > maxHeaderLength) return { kind: 'malformed' };
  return { kind: 'token', token };
}
