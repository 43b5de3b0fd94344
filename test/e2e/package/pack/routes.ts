import { isDurinError } from 'trpc-durin';
import { type AuthOf, expressGuard, fastifyGuard, honoGuard } from 'trpc-durin/http';
import { durin } from './auth.ts';

export type RouteSession = AuthOf<typeof durin>;
export const guardExpress = expressGuard(durin, { clients: ['web'] });
export const guardFastify = fastifyGuard(durin, { fresh: '10m' });
export const guardHono = honoGuard(durin, { rate: '5/m', scope: 'routes' });

/** A route of a fetch server. */
export async function handle(request: Request): Promise<Response> {
  try {
    const auth = await durin.guard(request, { clients: ['web'] });
    return Response.json({ name: auth.user.username, client: auth.client.name });
  } catch (error) {
    if (isDurinError(error)) return error.toResponse();
    throw error;
  }
}
