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
  if (!header) return none;
  const text = textIn(header);
  const end = firstBlankIn(text);
  const presented = end === -1 ? text : text.slice(0, end);
  if (!schemes.some((scheme) => isSame(scheme, presented))) return none;
  return end === -1 ? malformed : onlyToken(text.slice(afterBlanks(text, end)), header);
}

/** Parses the value of the option `apiKeyHeader`, which is the token alone. `null`: there is no such header. */
export function parseApiKey(header: string | null): Credentials {
  return header === null ? none : onlyToken(textIn(header), header);
}

const none: Credentials = { kind: 'none' };
const malformed: Credentials = { kind: 'malformed' };

function textIn(header: string): string {
  return header.slice(0, maxHeaderLength).trim();
}

/** The index of the first space or tab; -1: there is none. A regular expression takes ten times as long, 1 µs of each request. */
function firstBlankIn(text: string): number {
  const [space, tab] = [text.indexOf(' '), text.indexOf('\t')];
  return tab === -1 || (space !== -1 && space < tab) ? space : tab;
}

/** The index of what follows the blanks that start here. */
function afterBlanks(text: string, start: number): number {
  let index = start;
  while (text[index] === ' ' || text[index] === '\t') index += 1;
  return index;
}

/** Most callers write a scheme as it is announced. */
function isSame(scheme: string, presented: string): boolean {
  return scheme === presented || scheme.toLowerCase() === presented.toLowerCase();
}

function onlyToken(token: string, header: string): Credentials {
  const isOne = token !== '' && firstBlankIn(token) === -1 && header.length <= maxHeaderLength;
  return isOne ? { kind: 'token', token } : malformed;
}
