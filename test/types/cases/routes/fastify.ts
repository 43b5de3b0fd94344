import fastify, { type preHandlerAsyncHookHandler } from 'fastify';
import { fastifyGuard } from '../../../../src/http/index.ts';
import { durin } from '../app.ts';
import { same } from '../same.ts';
import { type RouteSession, scoped } from './guarded-app.ts';

declare module 'fastify' {
  interface FastifyRequest {
    auth: RouteSession;
  }
}

const server = fastify();
const hook: preHandlerAsyncHookHandler = fastifyGuard(durin);
server.addHook('onRequest', fastifyGuard(durin, { clients: ['web'] }));
server.get('/report', { preHandler: hook }, (request) => {
  same<RouteSession, typeof request.auth>();
  return request.auth.user.username;
});
server.get<{ Params: { id: string } }>(
  '/reports/:id',
  { preHandler: [hook, fastifyGuard(durin)] },
  ({ auth, params }) => [auth.id, params.id],
);
// @ts-expect-error: no scope has this name
fastifyGuard(scoped, { scopes: ['reed'] });
