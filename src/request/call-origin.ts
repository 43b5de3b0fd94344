import type { CallOrigin } from '../events.ts';
import { headersOf, propertyOf, readHeader, textOf } from './headers.ts';

/** Lengths of the columns `ip_address` and `user_agent`; longer values are cut. */
export const ipAddressLength = 64;
export const userAgentLength = 256;

/**
 * Reads where a call comes from. The address is the one that the outermost trusted proxy saw: with `trustProxy` n, the
 * n-th X-Forwarded-For entry from the right. Entries further left are the caller's own claim.
 * @param source the adapter's request or event
 * @param given an address that the app passes itself; it takes precedence
 */
export function originOf(source: unknown, trustProxy: number, given: string | null): CallOrigin {
  const headers = headersOf(source);
  const forwarded =
    trustProxy === 0 ? [] : (readHeader(headers, 'x-forwarded-for') ?? '').split(',').map((entry) => entry.trim());
  const trusted = forwarded.at(-trustProxy) ?? forwarded[0];
  return {
    ipAddress: clean(bareAddress(given ?? (trusted || peerAddressOf(source))), ipAddressLength),
    userAgent: clean(readHeader(headers, 'user-agent'), userAgentLength),
  };
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
