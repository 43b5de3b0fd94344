import type { IncomingMessage, ServerResponse } from 'node:http';

/** Distinguishes the second argument of a Node handler from that of a fetch handler. */
export function isServerResponse(value: unknown): value is ServerResponse {
  return typeof (value as Partial<ServerResponse> | undefined)?.writeHead === 'function';
}

/** Answers a request of node:http with a fetch Response. */
export async function sendResponse(response: Response, req: IncomingMessage, res: ServerResponse): Promise<void> {
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
