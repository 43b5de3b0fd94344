import type { IncomingMessage, ServerResponse } from 'node:http';
import { readHeader } from '../request/headers.ts';
import { isServerResponse, sendResponse } from '../request/send-response.ts';
import type { ReportRequest } from './handle-report.ts';
import { type ParsedRequest, readFetchBody, readNodeBody } from './report-body.ts';

/**
 * Answers reports of leaked tokens. Works at any path, on a fetch server, on node:http or on a framework built on it. Can be
 * called without `this`.
 */
export interface LeaksHandler {
  (request: Request): Promise<Response>;
  (req: IncomingMessage, res: ServerResponse): Promise<void>;
}

/** Adapts a handler to fetch servers and to node:http. */
export function createLeaksAdapter(handle: (request: ReportRequest) => Promise<Response>): LeaksHandler {
  function handleFetch(request: Request): Promise<Response> {
    const header = (name: string) => request.headers.get(name);
    return handle({ method: request.method, header, readBody: () => readFetchBody(request) });
  }

  async function handleNode(req: ParsedRequest, res: ServerResponse): Promise<void> {
    const header = (name: string) => readHeader(req.headers, name);
    const request = { method: req.method ?? '', header, readBody: () => readNodeBody(req) };
    await sendResponse(await handle(request), req, res);
  }

  function leaks(request: Request | IncomingMessage, second?: unknown) {
    return isServerResponse(second) ? handleNode(request as IncomingMessage, second) : handleFetch(request as Request);
  }
  return leaks as LeaksHandler;
}
