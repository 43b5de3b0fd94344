import type { HeaderSource } from '../request/headers.ts';
import type { AppTypes } from '../trpc/builders.ts';
import type { GuardOptions } from '../trpc/guard-options.ts';
import { createRouteGuard, headersToSet, type RouteDurin } from './route-guard.ts';

/** A request of Fastify, as far as the guard needs it. */
export interface FastifyRequest {
  readonly headers: HeaderSource;
  auth?: unknown;
}

/** A reply of Fastify, as far as the guard needs it. */
export interface FastifyReply {
  code(status: number): unknown;
  hasHeader(name: string): boolean;
  header(name: string, value: string): unknown;
  send(body: string): unknown;
}

/** A hook of Fastify, such as `preHandler` or `onRequest`. */
export type FastifyGuard = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/**
 * Creates a hook for Fastify that guards a route as `durin.guard` does. It sets `request.auth`, or answers with the refusal.
 * Other errors, such as those of the app's callbacks, go to Fastify's error handler.
 * @param options what `guardedProcedure` takes; `rate` needs a `scope`
 * @throws DurinUsageError if `durin` is something else, or naming the option that is unknown, missing or wrong
 * @example
 * server.get('/report', { preHandler: fastifyGuard(durin, { scopes: ['reports:read'] }) }, (request) =>
 *   reportOf(request.auth.user.id),
 * );
 */
export function fastifyGuard<
  TApp extends AppTypes,
  const TAllowed extends TApp['clientName'] = never,
  const TRefused extends TApp['clientName'] = never,
>(durin: RouteDurin<TApp>, options: GuardOptions<TAllowed, TRefused, TApp['scope']> = {}): FastifyGuard {
  const judge = createRouteGuard('fastifyGuard', durin, options);

  return async function guardRequest(request, reply) {
    const outcome = await judge({ req: request });
    switch (outcome.verdict) {
      case 'refused': {
        const { status, headers } = outcome.response;
        reply.code(status);
        for (const [name, value] of headers) reply.header(name, value);
        return reply.send(await outcome.response.text());
      }
      case 'admitted':
        request.auth = outcome.auth;
        for (const [name, value] of headersToSet(outcome, (known) => reply.hasHeader(known))) reply.header(name, value);
        return undefined;
    }
  };
}
