/** What a caller presented: nothing that is ours, something unreadable, or a token (not yet verified). */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'token'; readonly token: string };

/** No valid header comes near this; a longer one is not split. */
const maxHeaderLength = 1024;

/**
 * Reads `<scheme> <token>` (RFC 9110, section 11.6.2). The scheme is compared without case; another scheme, or none,
 * counts as no credentials. Extra white space is tolerated.
 */
export function parseAuthorization(header: string | null | undefined, scheme: string): Credentials {
  const text = header?.slice(0, maxHeaderLength).trim() ?? '';
  const [presentedScheme, token, ...rest] = text.split(/[ \t]+/);
  if (presentedScheme?.toLowerCase() !== scheme.toLowerCase()) return { kind: 'none' };
  if (token === undefined || rest.length > 0 || (header?.length ?? 0) > maxHeaderLength) return { kind: 'malformed' };
  return { kind: 'token', token };
}
