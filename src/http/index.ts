export type { ExpressGuard, ExpressRequest } from './express-guard.ts';
export { expressGuard } from './express-guard.ts';
export type { FastifyGuard, FastifyReply, FastifyRequest } from './fastify-guard.ts';
export { fastifyGuard } from './fastify-guard.ts';
export type { HonoContext, HonoGuard, HonoGuardOptions } from './hono-guard.ts';
export { honoGuard } from './hono-guard.ts';
export type { AuthOf, RouteDurin } from './route-guard.ts';
