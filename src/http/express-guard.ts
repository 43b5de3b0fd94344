import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendResponse } from '../request/send-response.ts';
import type { AppTypes } from '../trpc/builders.ts';
import type { GuardOptions } from '../trpc/guard-options.ts';
import { createRouteGuard, headersToSet, type RouteDurin } from './route-guard.ts';

/** A request of Express, or of anything else on node:http. */
export interface ExpressRequest extends IncomingMessage {
  auth?: unknown;
}

/** A middleware of Express 4 and 5, and of Connect. */
export type ExpressGuard = (request: ExpressRequest, response: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * Creates a middleware for Express that guards a route as `durin.guard` does. It sets `request.auth`, or answers with the
 * refusal. Other errors, such as those of the app's callbacks, go to `next`.
 * @param options what `guardedProcedure` takes; `rate` needs a `scope`
 * @throws DurinUsageError if `durin` is something else, or naming the option that is unknown, missing or wrong
 * @example
 * app.get('/report', expressGuard(durin, { scopes: ['reports:read'] }), async (request, response) => {
 *   response.json(await reportOf(request.auth.user.id));
 * });
 */
export function expressGuard<
  TApp extends AppTypes,
  const TAllowed extends TApp['clientName'] = never,
  const TRefused extends TApp['clientName'] = never,
>(durin: RouteDurin<TApp>, options: GuardOptions<TAllowed, TRefused, TApp['scope']> = {}): ExpressGuard {
  const judge = createRouteGuard('expressGuard', durin, options);

  /** Returns whether the request is let in. Otherwise it is answered. */
  async function admit(request: ExpressRequest, response: ServerResponse): Promise<boolean> {
    const outcome = await judge({ req: request });
    switch (outcome.verdict) {
      case 'refused':
        await sendResponse(outcome.response, request, response);
        return false;
      case 'admitted':
        request.auth = outcome.auth;
        for (const [name, value] of headersToSet(outcome, (known) => response.hasHeader(known)))
          response.setHeader(name, value);
        return true;
    }
  }

  return function guardRequest(request, response, next) {
    function proceed(isAdmitted: boolean): void {
      if (isAdmitted) next();
    }
    admit(request, response).then(proceed, next);
  };
}
