import { createServer } from 'node:http';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { WebSocketServer } from 'ws';
import { listen } from '../adapters/node-server.ts';
import { openSdkApp } from './sdk-app.ts';

/** Opens the app of the SDK's tests on a port, over HTTP and WebSocket. */
export async function openSocketApp() {
  const app = await openSdkApp();
  const { createContext, responseMeta } = app.durin;
  const seenUrls: string[] = [];
  const handle = createHTTPHandler({ router: app.router, createContext, responseMeta });
  const server = createServer((request, response) => {
    seenUrls.push(request.url ?? '');
    handle(request, response);
  });
  const wss = new WebSocketServer({ server });
  applyWSSHandler({ wss, router: app.router, createContext });
  const { url, close } = await listen(server);

  function breakSockets(): void {
    for (const socket of wss.clients) socket.terminate();
  }

  return {
    ...app,
    url,
    socketUrl: url.replace('http', 'ws'),
    /** The URLs of the HTTP requests. */
    seenUrls,
    breakSockets,
    async close() {
      breakSockets();
      await close();
      await app.close();
    },
  };
}

export type SocketApp = Awaited<ReturnType<typeof openSocketApp>>;
