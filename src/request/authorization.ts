/** The credentials that a request presents: none of durin's, malformed ones, or a token that is not yet verified. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'token'; readonly token: string };

/** Far longer than any valid header. The rest of a longer one is not read. */
const maxHeaderLength = 1024;

/**
 * Parses `<scheme> <token>` (RFC 9110, section 11.6.2). Schemes are compared without case. One that is not listed counts as
 * no credentials. Extra white space is ignored.
 */
export function parseAuthorization(header: string | null | undefined, schemes: readonly string[]): Credentials {
  const [presentedScheme = '', ...words] = wordsOf(header ?? '');
  const isRead = schemes.some((scheme) => scheme.toLowerCase() === presentedScheme.toLowerCase());
  return isRead ? onlyToken(words, header ?? '') : { kind: 'none' };
}

/** Parses the value of the option `apiKeyHeader`, which is the token alone. `null`: there is no such header. */
export function parseApiKey(header: string | null): Credentials {
  return header === null ? { kind: 'none' } : onlyToken(wordsOf(header), header);
}

function wordsOf(header: string): string[] {
  const text = header.slice(0, maxHeaderLength).trim();
  return text.split(/[ \t]+/);
}

function onlyToken([token, ...rest]: readonly string[], header: string): Credentials {
  if (!token || rest.length > 0 || header.length > maxHeaderLength) return { kind: 'malformed' };
  return { kind: 'token', token };
}
