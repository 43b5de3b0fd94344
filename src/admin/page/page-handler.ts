import { type AnyTRPCRouter, TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import type { AdapterCall, DurinContext } from '../../request/durin-request.ts';
import type { ResponseFacts } from '../../trpc/response-headers.ts';
import type { LoginField } from './login-fields.ts';
import { type PageAsset, type PageAssets, readPageAssets } from './page-assets.ts';
import { contentSecurityPolicy, createNonce, securityHeaders } from './page-headers.ts';
import { readPagePath } from './page-path.ts';

/** What the page is told with its HTML. Everyone may read it. */
export interface PageConfig {
  title: string;
  /** The client that the page logs in to; `null`: the server finds out by itself. */
  client: string | null;
  loginFields: LoginField[];
  /** The scheme of the Authorization header. */
  authHeaderPrefix: string;
}

export interface PageHandlerDeps {
  readonly router: AnyTRPCRouter;
  readonly createContext: (call: AdapterCall) => DurinContext;
  readonly responseMeta: (facts: ResponseFacts) => { headers: Headers };
  readonly config: PageConfig;
  readonly onError: (error: TRPCError) => void;
}

/** A request, with what the server knows of it besides. */
export interface PageCall {
  readonly request: Request;
  /** As the browser sees it; the request's own may be shortened. */
  readonly pathname: string;
  /** Where the app has mounted the page, without a slash at its end; `null`: not known. */
  readonly mount: string | null;
  /** What tells durin who calls, such as a request of node:http. */
  readonly origin: AdapterCall;
}

/** Answers; `null` where there is nothing at this path. */
export type PageHandler = (call: PageCall) => Promise<Response | null>;

const reading = ['GET', 'HEAD'];
const calling = [...reading, 'POST'];

export function createPageHandler(deps: PageHandlerDeps): PageHandler {
  const { config } = deps;
  let reads: Promise<PageAssets> | undefined;

  function readOnce(): Promise<PageAssets> {
    reads ??= readPageAssets().catch((error: unknown) => {
      reads = undefined; // it may be built by the next request
      throw error;
    });
    return reads;
  }

  return async function handlePage(call) {
    const { request, pathname, mount } = call;
    const path = readPagePath(pathname, mount);
    if (path.kind === 'unknown') return null;
    const methods = path.kind === 'api' ? calling : reading;
    if (!methods.includes(request.method)) return methodNotAllowed(methods.join(', '));

    if (path.kind === 'redirect') return answer(308, '', { Location: path.location + new URL(request.url).search });
    if (path.kind === 'api') return callApi(deps, call, path.endpoint);
    const { html, files } = await readOnce();
    if (path.kind === 'page') return pageAnswer(request, html, config);
    const file = files.get(path.name);
    return file === undefined ? null : assetAnswer(request, path.name, file);
  };
}

/** A new nonce each time, so there is nothing that a cache could validate. */
function pageAnswer(request: Request, html: string, config: PageConfig): Response {
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

function assetAnswer(request: Request, name: string, { contentType, body, gzipped }: PageAsset): Response {
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

async function callApi(deps: PageHandlerDeps, call: PageCall, endpoint: string): Promise<Response> {
  const { router, createContext, responseMeta, onError } = deps;
  const request = await wholeRequest(call);
  if (request === null) return answer(413, 'Too large.', { Connection: 'close' });
  const response = await fetchRequestHandler({
    endpoint,
    req: request,
    router,
    allowMethodOverride: true, // what is searched for stays out of URLs
    maxBatchSize: 20,
    createContext: ({ info }) => createContext({ ...call.origin, info }),
    responseMeta,
    onError: ({ error }) => {
      if (getHTTPStatusCodeFromError(error) >= 500) onError(error);
    },
  });
  for (const [name, value] of Object.entries(securityHeaders)) response.headers.set(name, value);
  response.headers.set('Cache-Control', 'no-store');
  return response;
}

/** The request with its body read, at its path as the browser sees it; `null`: the body is too large. */
async function wholeRequest({ request, pathname }: PageCall): Promise<Request | null> {
  const url = new URL(request.url);
  url.pathname = pathname;
  const { method, headers, signal } = request;
  try {
    const body = method === 'POST' ? await request.arrayBuffer() : null;
    return new Request(url, { method, headers, signal, body });
  } catch (error) {
    if (error instanceof TRPCError && error.code === 'PAYLOAD_TOO_LARGE') return null;
    throw error;
  }
}

/** An answer in plain text. */
export function answer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(text === '' ? null : `${text}\n`, {
    status,
    headers: { ...securityHeaders, 'Content-Type': 'text/plain; charset=utf-8', ...headers },
  });
}

export function methodNotAllowed(allowed: string): Response {
  return answer(405, 'Method not allowed.', { Allow: allowed });
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
