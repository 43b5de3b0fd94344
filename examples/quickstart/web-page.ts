import { existsSync } from 'node:fs';
import type { RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';

/** Where Vite puts what it makes of the folder `web`. */
const built = join(import.meta.dirname, 'web', 'dist');

/**
 * The page runs its own scripts and styles and calls its own server, and that is all it may do. A script that somebody
 * manages to inject is not run, and has nowhere to send a token.
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

/** Serves the web page, and says 404 to all that is not part of it. */
export function createWebPage(): RequestListener {
  if (!existsSync(join(built, 'index.html'))) {
    return (_request, response) => say(response, 503, 'The page is not built yet: npm run build:page does it.');
  }
  const serve = sirv(built, { dev: true, etag: true, setHeaders }); // dev: follows what is built meanwhile

  return (request, response) => {
    delete request.headers.range; // sirv throws at those that end before they start, and a page needs none
    if (request.method !== 'GET' && request.method !== 'HEAD') say(response, 405, 'This is a page, to be read.');
    else serve(request, response, () => say(response, 404, 'Not found. The page is at /, the API under /trpc/.'));
  };
}

function setHeaders(response: ServerResponse, path: string): void {
  response.setHeader('content-security-policy', contentSecurityPolicy);
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('x-content-type-options', 'nosniff');
  // The names of assets change with their content; all else is asked for again, and mostly unchanged.
  const isForever = path.startsWith('/assets/');
  response.setHeader('cache-control', isForever ? 'public, max-age=31536000, immutable' : 'no-cache');
}

function say(response: ServerResponse, status: number, sentence: string): void {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  response.writeHead(status, status === 405 ? { ...headers, allow: 'GET, HEAD' } : headers).end(`${sentence}\n`);
}
