import { createServer } from 'node:http';
import { isDurinError } from '../../../src/index.ts';
import { sendResponse } from '../../../src/request/send-response.ts';
import { describeRouteGuards } from '../../contracts/route-guard.ts';
import type { Served } from '../adapters/adapter-app.ts';
import { listen } from '../adapters/node-server.ts';
import { answerTo, type RoutesDurin, routes } from './routes-app.ts';

type OnError = (error: unknown) => void;
type Source = Parameters<RoutesDurin['guard']>[0];

/** What a route answers that calls `durin.guard` itself. */
async function answerOf(durin: RoutesDurin, source: Source, path: string, onError: OnError): Promise<Response> {
  try {
    return new Response(answerTo(await durin.guard(source, routes[path])));
  } catch (error) {
    if (isDurinError(error)) return error.toResponse();
    onError(error);
    return new Response('an error', { status: 500 });
  }
}

/** Like a route handler of Next.js. The caller's `fetch` calls the handler directly. */
async function serveFetch(durin: RoutesDurin, onError: OnError): Promise<Served> {
  return {
    url: 'http://localhost',
    async fetch(input, init) {
      const request = new Request(input, init);
      const response = await answerOf(durin, request, new URL(request.url).pathname, onError);
      return request.method === 'HEAD' ? new Response(null, response) : response; // as servers do
    },
    close: async () => {},
  };
}

function serveNode(durin: RoutesDurin, onError: OnError): Promise<Served> {
  async function handle(request: Parameters<typeof sendResponse>[1], response: Parameters<typeof sendResponse>[2]) {
    await sendResponse(await answerOf(durin, request, request.url ?? '', onError), request, response);
  }
  return listen(createServer((request, response) => void handle(request, response)));
}

describeRouteGuards([
  { name: 'durin.guard in a fetch handler', setsHeaders: false, serve: serveFetch },
  { name: 'durin.guard in a server of node:http', setsHeaders: false, serve: serveNode },
]);
