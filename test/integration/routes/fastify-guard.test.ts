import fastify from 'fastify';
import { fastifyGuard } from '../../../src/http/index.ts';
import { describeRouteGuards } from '../../contracts/route-guard.ts';
import type { Served } from '../adapters/adapter-app.ts';
import { answerTo, type RoutesDurin, routes } from './routes-app.ts';

function serveAt(hook: 'onRequest' | 'preHandler') {
  return async function serve(durin: RoutesDurin, onError: (error: unknown) => void): Promise<Served> {
    const server = fastify({ forceCloseConnections: true });
    server.setErrorHandler(async (error, _request, reply) => {
      onError(error);
      return reply.code(500).send('an error');
    });
    for (const [url, options] of Object.entries(routes)) {
      const method = ['GET', 'HEAD', 'POST'];
      server.route({ method, url, [hook]: fastifyGuard(durin, options), handler: async ({ auth }) => answerTo(auth) });
    }
    const url = await server.listen({ port: 0, host: '127.0.0.1' });
    return { url, close: () => server.close() };
  };
}

describeRouteGuards([
  { name: 'fastifyGuard as preHandler', setsHeaders: true, serve: serveAt('preHandler') },
  { name: 'fastifyGuard as onRequest', setsHeaders: true, serve: serveAt('onRequest') },
]);
