import type { PageAsset } from './page-assets.ts';
import type { PageConfig } from './page-config.ts';
import { contentSecurityPolicy, createNonce, securityHeaders } from './security-headers.ts';

/** The page itself. It has no ETag, because each response has a new nonce. */
export function htmlResponse(request: Request, html: string, config: PageConfig): Response {
  const nonce = createNonce();
  const json = JSON.stringify(config).replaceAll('<', '\\u003c');
  const filled = html
    .replaceAll('__NONCE__', nonce)
    .replaceAll('__TITLE__', () => escapeHtml(config.title))
    .replace('"__CONFIG__"', () => json);
  return new Response(request.method === 'HEAD' ? null : filled, {
    headers: {
      ...securityHeaders,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': contentSecurityPolicy(nonce),
      'Cache-Control': 'no-cache',
    },
  });
}

/** A script, style or image, compressed if the browser accepts gzip. Its name contains a hash, so it never changes. */
export function assetResponse(request: Request, name: string, { contentType, body, gzipped }: PageAsset): Response {
  const isGzip = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(request.headers.get('accept-encoding') ?? '');
  const etag = `"${name}${isGzip ? '-gzip' : ''}"`;
  const headers = {
    ...securityHeaders,
    'Content-Type': contentType,
    'Cache-Control': 'public, max-age=31536000, immutable',
    Vary: 'Accept-Encoding',
    ETag: etag,
  };
  if (request.headers.get('if-none-match')?.includes(etag)) return new Response(null, { status: 304, headers });
  const sent = isGzip ? gzipped : body;
  return new Response(request.method === 'HEAD' ? null : sent, {
    headers: {
      ...headers,
      ...(isGzip && { 'Content-Encoding': 'gzip' }),
      'Content-Length': String(sent.byteLength),
    },
  });
}

export function textResponse(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(text === '' ? null : `${text}\n`, {
    status,
    headers: { ...securityHeaders, 'Content-Type': 'text/plain; charset=utf-8', ...headers },
  });
}

export function notFound(): Response {
  return textResponse(404, 'Not found.');
}

export function methodNotAllowed(allowed: string): Response {
  return textResponse(405, 'Method not allowed.', { Allow: allowed });
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
