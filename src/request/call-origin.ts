import type { CallOrigin } from '../events.ts';
import { headersOf, propertyOf, readHeader, textOf } from './headers.ts';

/** Lengths of the columns `ip_address` and `user_agent`; longer values are cut. */
export const ipAddressLength = 64;
export const userAgentLength = 256;

/** Where a call came from, as limits need it. */
export interface CallerOrigin extends CallOrigin {
  /**
   * - `open`: there is a request, and its address is `ipAddress` if the server knows it.
   * - `lost`: the caller has reset the connection, and its address is lost with it.
   * - `none`: there is no request, as for a caller inside the server.
   */
  readonly connection: 'open' | 'lost' | 'none';
}

/**
 * Reads where a call comes from. The address is the one that the outermost trusted proxy saw: with `trustProxy` n, the
 * n-th X-Forwarded-For entry from the right. Entries further left are the caller's own claim.
 * @param source the adapter's request or event
 * @param given an address that the app passes itself; it takes precedence
 */
export function originOf(source: unknown, trustProxy: number, given: string | null): CallerOrigin {
  const headers = headersOf(source);
  const forwarded =
    trustProxy === 0 ? [] : (readHeader(headers, 'x-forwarded-for') ?? '').split(',').map((entry) => entry.trim());
  const trusted = forwarded.at(-trustProxy) ?? forwarded[0];
  const ipAddress = clean(bareAddress(given ?? (trusted || peerAddressOf(source))), ipAddressLength);
  return {
    ipAddress,
    userAgent: clean(readHeader(headers, 'user-agent'), userAgentLength),
    connection: ipAddress === null ? connectionOf(source) : 'open',
  };
}

/**
 * A reset socket has no remote address any more, and may not have noticed yet: then it still has a local one. A Unix domain
 * socket has neither.
 */
function connectionOf(source: unknown): CallerOrigin['connection'] {
  if (source === undefined) return 'none';
  const socket = propertyOf(source, 'socket');
  const isReset = propertyOf(socket, 'destroyed') === true || textOf(propertyOf(socket, 'localAddress')) !== null;
  return isReset ? 'lost' : 'open';
}

/** Removes the port that some proxies add, and the prefix under which an IPv6 socket reports an IPv4 peer. */
function bareAddress(text: string | null): string | null {
  const withoutPort = text?.replace(/^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/, '$1$2');
  return withoutPort?.replace(/^::ffff:(?=[\d.]+$)/i, '') ?? null;
}

/** Servers on node:http have a socket, Lambda has a request context, fetch servers have neither. */
function peerAddressOf(source: unknown): string | null {
  const requestContext = propertyOf(source, 'requestContext');
  return (
    textOf(propertyOf(propertyOf(source, 'socket'), 'remoteAddress')) ??
    textOf(propertyOf(propertyOf(requestContext, 'http'), 'sourceIp')) ??
    textOf(propertyOf(propertyOf(requestContext, 'identity'), 'sourceIp'))
  );
}

/** Removes control characters, which PostgreSQL may refuse, and cuts to the column's length. */
function clean(text: string | null, maxLength: number): string | null {
  const cleaned = text?.replaceAll(/\p{Cc}/gu, '').slice(0, maxLength);
  return cleaned ? cleaned.toWellFormed() : null;
}
