import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { openBenchApp } from './bench-app.ts';

// Runs in a process of its own, so that the load does not share its core.
const [, , url = '', kind] = process.argv;
const app = await openBenchApp(url, kind === 'cached' ? { ttl: '1h' } : undefined);
const server = createHTTPServer({
  router: app.router,
  createContext: app.durin.createContext,
  responseMeta: app.durin.responseMeta,
});
server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
process.once('disconnect', () => {
  server.close();
  server.closeAllConnections();
  void app.close();
});
