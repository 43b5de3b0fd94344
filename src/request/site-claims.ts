import { headersOf, propertyOf, readHeader, textOf, valueOf } from './headers.ts';
import type { SiteClaims } from './judge-site.ts';

/**
 * Reads what a request reports about the page that caused it.
 * @param source the adapter's request or event
 * @param trustProxy the number of proxies whose X-Forwarded-Host is believed
 */
export function siteClaimsOf(source: unknown, trustProxy: number): SiteClaims {
  const headers = headersOf(source);
  const forwarded =
    trustProxy === 0 ? [] : (readHeader(headers, 'x-forwarded-host') ?? '').split(',').map((entry) => entry.trim());
  const trusted = forwarded.at(-trustProxy) ?? forwarded[0];
  const host = readHeader(headers, 'host') ?? textOf(valueOf(headers, ':authority')); // HTTP/2 has the latter
  return {
    fetchSite: readHeader(headers, 'sec-fetch-site'),
    origin: readHeader(headers, 'origin'),
    host: trusted || host,
  };
}

/** The methods that change nothing. */
const reads: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a request is one that changes nothing; `null`: its method is not known, as of bare headers. */
export function isRead(source: unknown): boolean | null {
  const method =
    textOf(propertyOf(source, 'method')) ??
    textOf(propertyOf(source, 'httpMethod')) ??
    textOf(propertyOf(propertyOf(propertyOf(source, 'requestContext'), 'http'), 'method'));
  return method === null ? null : reads.has(method);
}

/** Whether a request opens a WebSocket. */
export function isUpgrade(source: unknown): boolean {
  const headers = headersOf(source);
  return readHeader(headers, 'upgrade') !== null || readHeader(headers, 'sec-websocket-version') !== null;
}
