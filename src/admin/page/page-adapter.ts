import type { IncomingMessage, ServerResponse } from 'node:http';
import { TRPCError } from '@trpc/server';
import { incomingMessageToRequest } from '@trpc/server/adapters/node-http';
import { isServerResponse, sendResponse } from '../../request/send-response.ts';
import { limitBody, maxBodyBytes } from './limit-body.ts';
import type { PageHandler } from './page-handler.ts';
import { methodNotAllowed, notFound, textResponse } from './page-responses.ts';

/**
 * The admin page with its files and its API. Works at any path: pass it the requests for `/admin` and everything below,
 * on a fetch server, on node:http or on a framework built on it. Can be called without `this`.
 */
export interface AdminPage {
  /** @param facts.ipAddress the caller's address, if the server knows it: a fetch request does not contain it */
  (request: Request, facts?: { readonly ipAddress?: string | null | undefined }): Promise<Response>;
  /** @param next Express's: called for paths that the page does not have, and with errors */
  (req: IncomingMessage, res: ServerResponse, next?: (error?: unknown) => void): Promise<void>;
}

/** What Express adds to a request. */
interface MountedRequest extends IncomingMessage {
  readonly originalUrl?: string;
  /** Where the handler is mounted; empty for a handler of the app itself. */
  readonly baseUrl?: string;
}

/** Adapts a handler to fetch servers and to node:http. */
export function createPageAdapter(handle: PageHandler): AdminPage {
  async function handleFetch(request: Request, ipAddress: string | null | undefined): Promise<Response> {
    const { pathname } = new URL(request.url);
    const origin = { req: request, ipAddress };
    return (await handle({ request: limitBody(request), pathname, mount: null, origin })) ?? notFound();
  }

  async function handleNode(req: MountedRequest, res: ServerResponse): Promise<Response | null> {
    if (req.method === 'TRACE') return methodNotAllowed('GET, HEAD'); // a fetch Request cannot have this method
    const request = incomingMessageToRequest(req, res, { maxBodySize: maxBodyBytes });
    const pathname = pathnameOf(req.originalUrl ?? req.url ?? '/');
    return handle({ request, pathname, mount: req.baseUrl || null, origin: { req } });
  }

  async function serveNode(req: MountedRequest, res: ServerResponse, next?: (error?: unknown) => void): Promise<void> {
    try {
      const response = await handleNode(req, res);
      if (response === null && next !== undefined) next();
      else await sendResponse(response ?? notFound(), req, res);
    } catch (error) {
      if (isBadRequest(error)) await sendResponse(textResponse(400, 'Bad request.'), req, res);
      else if (next !== undefined) next(error);
      else {
        console.error('The admin page failed:', error);
        await sendResponse(textResponse(500, 'Internal server error.'), req, res);
      }
    }
  }

  function page(request: Request | MountedRequest, second?: unknown, next?: (error?: unknown) => void) {
    return isServerResponse(second)
      ? serveNode(request as MountedRequest, second, next)
      : handleFetch(request as Request, (second as { ipAddress?: string } | undefined)?.ipAddress);
  }
  return page as AdminPage;
}

/** The request's target or its Host header cannot be parsed as a URL. */
function isBadRequest(error: unknown): boolean {
  return error instanceof TRPCError && error.code === 'BAD_REQUEST';
}

/** Reads `//host/path` as a path. */
function pathnameOf(target: string): string {
  return new URL(target.startsWith('/') ? `http://localhost${target}` : target, 'http://localhost').pathname;
}
