import { type AnyTRPCRouter, TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import type { AdapterCall, DurinContext } from '../../request/durin-request.ts';
import type { ResponseFacts } from '../../trpc/response-headers.ts';
import type { PageRequest } from './page-request.ts';
import { textResponse } from './page-responses.ts';
import { securityHeaders } from './security-headers.ts';

export interface PageApiDeps {
  readonly router: AnyTRPCRouter;
  readonly createContext: (call: AdapterCall) => DurinContext;
  readonly responseMeta: (facts: ResponseFacts) => { headers: Headers };
  /** Called with errors that are answered with a 5xx status. */
  readonly onError: (error: TRPCError) => void;
}

/**
 * Answers the page's tRPC calls. Its paths are below `endpoint`.
 * @param endpoint the part of the path before the procedures
 */
export async function callPageApi(deps: PageApiDeps, pageRequest: PageRequest, endpoint: string): Promise<Response> {
  const { router, createContext, responseMeta, onError } = deps;
  const request = await readRequest(pageRequest);
  if (request === null) return textResponse(413, 'Too large.', { Connection: 'close' });
  const response = await fetchRequestHandler({
    endpoint,
    req: request,
    router,
    allowMethodOverride: true, // queries are POSTs, so that search texts stay out of URLs
    maxBatchSize: 20,
    createContext: ({ info }) => createContext({ ...pageRequest.origin, info }),
    responseMeta,
    onError: ({ error }) => {
      if (getHTTPStatusCodeFromError(error) >= 500) onError(error);
    },
  });
  for (const [name, value] of Object.entries(securityHeaders)) response.headers.set(name, value);
  response.headers.set('Cache-Control', 'no-store');
  return response;
}

/** The request with its body read and the path that the browser requested; `null`: the body is too large. */
async function readRequest({ request, pathname }: PageRequest): Promise<Request | null> {
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
