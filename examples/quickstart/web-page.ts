import { existsSync } from 'node:fs';
import type { RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';

/** The output folder of Vite. */
const built = join(import.meta.dirname, 'web', 'dist');

/**
 * Allows the page's own scripts and styles, and calls to its own server, and nothing else. An injected script does not
 * run and could not send a token anywhere.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** Serves the built web page. Responds with 404 to every other path. */
export function createWebPage(): RequestListener {
  if (!existsSync(join(built, 'index.html'))) {
    return (_request, response) => respond(response, 503, 'The page is not built yet. Run npm run build:page.');
  }
  const serve = sirv(built, { dev: true, etag: true, setHeaders }); // dev: serves new builds without a restart

  return (request, response) => {
    delete request.headers.range; // sirv throws on ranges that end before they start, and the page needs none
    if (request.method !== 'GET' && request.method !== 'HEAD') respond(response, 405, 'Only GET and HEAD are allowed.');
    else serve(request, response, () => respond(response, 404, 'Not found. The page is at /, the API under /trpc/.'));
  };
}

function setHeaders(response: ServerResponse, path: string): void {
  response.setHeader('content-security-policy', contentSecurityPolicy);
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('x-content-type-options', 'nosniff');
  // The names of assets change with their content. Browsers revalidate everything else.
  const isImmutable = path.startsWith('/assets/');
  response.setHeader('cache-control', isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache');
}

function respond(response: ServerResponse, status: number, sentence: string): void {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  response.writeHead(status, status === 405 ? { ...headers, allow: 'GET, HEAD' } : headers).end(`${sentence}\n`);
}
