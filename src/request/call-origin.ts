import { isIPv6 } from 'node:net';
import type { CallOrigin } from '../events.ts';

/** What `ip_address` and `user_agent` hold; longer values are cut. */
export const ipAddressLength = 64;
export const userAgentLength = 256;

/** Headers as the adapters give them: `Headers`, or an object whose names may be in any case. */
export type HeaderSource = Pick<Headers, 'get'> | Readonly<Record<string, unknown>>;

/**
 * From where a call came. The address is the one that the outermost believed proxy saw: with `trustProxy` n, the n-th
 * X-Forwarded-For entry from the right. Entries further left are the caller's own claim.
 * @param source the adapter's request or event
 * @param told the address that the app itself tells, which goes before all that
 */
export function originOf(source: unknown, trustProxy: number, told: string | null): CallOrigin {
  const headers = headersOf(source);
  const forwarded =
    trustProxy === 0 ? [] : (readHeader(headers, 'x-forwarded-for') ?? '').split(',').map((entry) => entry.trim());
  const believed = forwarded.at(-trustProxy) ?? forwarded[0];
  return {
    ipAddress: clean(bareAddress(told ?? (believed || peerAddressOf(source))), ipAddressLength),
    userAgent: clean(readHeader(headers, 'user-agent'), userAgentLength),
  };
}

/**
 * What a limit per address counts: the address itself, or of IPv6 its /64, since that is what one caller is given, with
 * more addresses than anybody could count. An address of IPv4 that is written as one of IPv6 counts as what it is.
 */
export function networkOf(ipAddress: string): string {
  const address = ipAddress.replace(/%.*$/, ''); // without the zone of a link-local one
  if (!isIPv6(address)) return ipAddress;
  const groups = groupsOf(address);
  const inHex = (count: number) =>
    groups
      .slice(0, count)
      .map((group) => group.toString(16))
      .join(':');
  if (!embeddings.has(inHex(6))) return `${inHex(4)}::/64`;
  const bytes = groups.slice(6).flatMap((group) => [Math.floor(group / 256), group % 256]);
  return bytes.join('.');
}

/** How addresses of IPv4 start that are mapped (RFC 4291, 2.5.5.2), or translated by NAT64 (RFC 6052, 2.1). */
const embeddings: ReadonlySet<string> = new Set(['0:0:0:0:0:ffff', '64:ff9b:0:0:0:0']);

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = [], tail = []] = address
    .split('::')
    .map((part) => (part === '' ? [] : part.split(':').flatMap(toGroups)));
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

/** One in hex, or two in the dotted form of IPv4. */
function toGroups(text: string): number[] {
  const [a, b, c, d] = text.split('.').map(Number);
  if (a === undefined || b === undefined || c === undefined || d === undefined) return [Number.parseInt(text, 16)];
  return [a * 256 + b, c * 256 + d];
}

/** Without the port that some proxies add, and without the prefix by which a socket of IPv6 tells an address of IPv4. */
function bareAddress(text: string | null): string | null {
  const withoutPort = text?.replace(/^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/, '$1$2');
  return withoutPort?.replace(/^::ffff:(?=[\d.]+$)/i, '') ?? null;
}

/** node:http and what is built on it have a socket, Lambda has a request context, fetch has neither. */
function peerAddressOf(source: unknown): string | null {
  const requestContext = propertyOf(source, 'requestContext');
  return (
    textOf(propertyOf(propertyOf(source, 'socket'), 'remoteAddress')) ??
    textOf(propertyOf(propertyOf(requestContext, 'http'), 'sourceIp')) ??
    textOf(propertyOf(propertyOf(requestContext, 'identity'), 'sourceIp'))
  );
}

/** Without control characters, which PostgreSQL may refuse, and not longer than its column. */
function clean(text: string | null, maxLength: number): string | null {
  const cleaned = text?.replaceAll(/\p{Cc}/gu, '').slice(0, maxLength);
  return cleaned ? cleaned.toWellFormed() : null;
}

export function headersOf(source: unknown): HeaderSource | undefined {
  return propertyOf(source, 'headers') as HeaderSource | undefined;
}

/** A header's value, whatever kind of headers these are. */
export function readHeader(headers: HeaderSource | undefined, name: string): string | null {
  if (typeof headers !== 'object' || headers === null) return null;
  if (typeof headers.get === 'function') return textOf((headers as Pick<Headers, 'get'>).get(name));
  const record = headers as Readonly<Record<string, unknown>>;
  const exact = record[name];
  if (exact !== undefined) return textOf(exact);
  const key = Object.keys(record).find((candidate) => candidate.toLowerCase() === name);
  return key === undefined ? null : textOf(record[key]);
}

export function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

export function textOf(value: unknown): string | null {
  if (Array.isArray(value)) return textOf(value[0]);
  return typeof value === 'string' ? value : null;
}
