import type { IncomingMessage, ServerResponse } from 'node:http';
import { TRPCError } from '@trpc/server';
import { incomingMessageToRequest } from '@trpc/server/adapters/node-http';
import { boundedRequest, maxBodyBytes } from './bounded-request.ts';
import { answer, methodNotAllowed, type PageHandler } from './page-handler.ts';

/**
 * The admin web page, with all that it loads and calls, at any path: `/admin` and what is below it are to be given to
 * this function, which answers on fetch servers, and on node:http and what is built on it. Needs no `this`.
 */
export interface AdminPage {
  /** @param facts.ipAddress the caller's address, where the server knows it: fetch requests do not tell it */
  (request: Request, facts?: { readonly ipAddress?: string | null | undefined }): Promise<Response>;
  /** With `next`, as Express gives it, that is called for what the page does not have, and with errors. */
  (req: IncomingMessage, res: ServerResponse, next?: (error?: unknown) => void): Promise<void>;
}

/** What Express adds to a request. */
interface MountedRequest extends IncomingMessage {
  readonly originalUrl?: string;
  /** The part of the path where the handler is mounted; empty where it is the app's own. */
  readonly baseUrl?: string;
}

const notFound = () => answer(404, 'Not found.');

export function createPageEntry(handle: PageHandler): AdminPage {
  async function fetchPage(request: Request, ipAddress: string | null | undefined): Promise<Response> {
    const { pathname } = new URL(request.url);
    const call = { request: boundedRequest(request), pathname, mount: null, origin: { req: request, ipAddress } };
    return (await handle(call)) ?? notFound();
  }

  async function servePage(req: MountedRequest, res: ServerResponse, next?: (error?: unknown) => void): Promise<void> {
    try {
      const response = await handleNode(req, res);
      if (response === null && next !== undefined) next();
      else await send(response ?? notFound(), req, res);
    } catch (error) {
      if (isUnreadable(error)) await send(answer(400, 'Bad request.'), req, res);
      else if (next !== undefined) next(error);
      else {
        console.error('The admin page failed:', error);
        await send(answer(500, 'Internal server error.'), req, res);
      }
    }
  }

  async function handleNode(req: MountedRequest, res: ServerResponse): Promise<Response | null> {
    if (req.method === 'TRACE') return methodNotAllowed('GET, HEAD'); // fetch has no requests like that
    const request = incomingMessageToRequest(req, res, { maxBodySize: maxBodyBytes });
    const pathname = pathnameOf(req.originalUrl ?? req.url ?? '/');
    return handle({ request, pathname, mount: req.baseUrl || null, origin: { req } });
  }

  function page(request: Request | MountedRequest, second?: unknown, next?: (error?: unknown) => void) {
    return isResponse(second)
      ? servePage(request as MountedRequest, second, next)
      : fetchPage(request as Request, (second as { ipAddress?: string } | undefined)?.ipAddress);
  }
  return page as AdminPage;
}

/** Its target, or its Host header, makes no URL. */
function isUnreadable(error: unknown): boolean {
  return error instanceof TRPCError && error.code === 'BAD_REQUEST';
}

/** `//host/path` is a path here. */
function pathnameOf(target: string): string {
  return new URL(target.startsWith('/') ? `http://localhost${target}` : target, 'http://localhost').pathname;
}

function isResponse(value: unknown): value is ServerResponse {
  return typeof (value as Partial<ServerResponse> | undefined)?.writeHead === 'function';
}

async function send(response: Response, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  for (const [name, value] of response.headers) res.setHeader(name, value);
  res.statusCode = response.status;
  if (req.method !== 'HEAD' && response.status !== 304 && !res.hasHeader('content-length')) {
    res.setHeader('Content-Length', body.byteLength);
  }
  res.end(body);
}
