import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import type { DurinAdmin } from 'trpc-durin/admin';
import type { Auth } from './auth.ts';
import type { AppRouter } from './router.ts';
import { createWebPage } from './web-page.ts';

export interface RunningServer {
  url: string;
  close(): Promise<void>;
}

/** @param port `null`: 3000, or the next free port */
export async function startServer(
  auth: Auth,
  router: AppRouter,
  admin: DurinAdmin,
  port: number | null,
): Promise<RunningServer> {
  const trpc = createHTTPHandler({
    router,
    basePath: '/trpc/',
    createContext: auth.createContext,
    responseMeta: auth.responseMeta,
    onError({ error, path }) {
      if (error.code === 'INTERNAL_SERVER_ERROR') console.error(`${path} failed:`, error);
    },
  });

  /** The first route whose prefix matches handles the request. */
  const routes: readonly (readonly [prefix: string, handle: RequestListener])[] = [
    ['/trpc/', trpc],
    ['/admin', admin.page],
    ['/', createWebPage()],
  ];
  const server = createServer((request, response) => {
    const [, handle] = routes.find(([prefix]) => request.url?.startsWith(prefix)) ?? [];
    if (handle) handle(request, response);
    else response.writeHead(400).end();
  });

  const url = `http://127.0.0.1:${await listen(server, port)}`;
  return {
    url,
    async close() {
      const closed = once(server, 'close');
      server.close();
      setTimeout(() => server.closeAllConnections(), 2000).unref();
      await closed;
    },
  };
}

async function listen(server: Server, port: number | null): Promise<number> {
  const candidates = port === null ? Array.from({ length: 20 }, (_, index) => 3000 + index) : [port];
  for (const candidate of candidates) {
    try {
      server.listen(candidate, '127.0.0.1'); // this machine only, because the demo passwords are public
      await once(server, 'listening');
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : candidate;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    }
  }
  throw new Error(port === null ? 'Ports 3000 to 3019 are in use.' : `Port ${port} is in use.`);
}
