import { parseCookie } from 'cookie';
import type { Credentials } from './authorization.ts';
import { headersOf, propertyOf, readHeader, textOf, valueOf } from './headers.ts';

/** As long as all headers of a request may be by default on Node. A longer Cookie header is not read. */
const maxLength = 16_384;

/** What a token consists of, whatever its prefix and length are. */
const token = /^[\w-]{1,256}$/;

/**
 * Reads the session cookie. Several cookies of its name are malformed, like a value that cannot be a token: a page of a
 * sub-domain can add a cookie of its own, and nothing shows which one this server has set.
 * @param source the adapter's request or event
 */
export function readSessionCookie(source: unknown, name: string): Credentials {
  const texts = cookieTextsOf(source);
  if (texts.reduce((length, text) => length + text.length, 0) > maxLength) return { kind: 'malformed' };
  const pairs = texts.flatMap((text) => text.split(';')).filter((pair) => nameOf(pair) === name);
  const [pair, ...others] = pairs;
  if (pair === undefined) return { kind: 'none' };
  const value = parseCookie(pair)[name] ?? '';
  return others.length === 0 && token.test(value) ? { kind: 'token', token: value } : { kind: 'malformed' };
}

/** Strips what browsers strip from a name, and no other white space: `\xA0__Host-x` is a name that any page can set. */
function nameOf(pair: string): string {
  return pair.slice(0, Math.max(pair.indexOf('='), 0)).replaceAll(/^[ \t]+|[ \t]+$/g, '');
}

/** Events of Lambda have the cookies in a list of their own (version 2), or the header as often as it was sent (version 1). */
function cookieTextsOf(source: unknown): readonly string[] {
  const headers = headersOf(source);
  const candidates = [
    propertyOf(source, 'cookies'),
    valueOf(propertyOf(source, 'multiValueHeaders'), 'cookie'),
    typeof headers?.get === 'function' ? readHeader(headers, 'cookie') : valueOf(headers, 'cookie'),
  ];
  const texts = candidates.map((candidate) => textsOf(candidate));
  return texts.find(({ length }) => length > 0) ?? [];
}

function textsOf(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((item) => textOf(item) ?? []);
}
