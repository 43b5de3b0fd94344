import { DurinUsageError } from '../errors.ts';
import type { AppTypes } from '../trpc/builders.ts';
import type { GuardOptions } from '../trpc/guard-options.ts';
import type { RouteAuth } from '../trpc/routes/guard-source.ts';
import { createRouteGuard, type RouteDurin } from './route-guard.ts';

/** What `honoGuard` takes. */
export interface HonoGuardOptions<
  TAllowed extends string = string,
  TRefused extends string = string,
  TScope extends string = string,
> extends GuardOptions<TAllowed, TRefused, TScope> {
  /**
   * Returns the caller's address, which a fetch request does not have, such as with `getConnInfo` of Hono. Default: it is known
   * only behind proxies that the option `trustProxy` trusts.
   */
  ipAddress?: ((context: never) => string | null | undefined) | undefined;
}

/** A context of Hono, as far as the guard needs it. */
export interface HonoContext<TAuth> {
  readonly req: { readonly raw: Request };
  readonly res: Response;
  /** The app's Variables, which declare `auth`. */
  readonly var: { readonly auth: TAuth };
  set(key: 'auth', value: TAuth): void;
  header(name: string, value: string): void;
}

/** A middleware of Hono, for apps with `Variables: { auth: TAuth }`. */
export type HonoGuard<TAuth> = (context: HonoContext<TAuth>, next: () => Promise<void>) => Promise<Response | void>;

/**
 * Creates a middleware for Hono that guards a route as `durin.guard` does. It sets `c.get('auth')`, or answers with the
 * refusal. Other errors, such as those of the app's callbacks, go to Hono's error handler.
 * @param options what `guardedProcedure` takes, and `ipAddress`; `rate` needs a `scope`
 * @throws DurinUsageError if `durin` is something else, or naming the option that is unknown, missing or wrong
 * @example
 * const app = new Hono<{ Variables: { auth: AuthOf<typeof durin> } }>();
 * app.get('/report', honoGuard(durin, { scopes: ['reports:read'] }), async (c) => {
 *   return c.json(await reportOf(c.get('auth').user.id));
 * });
 */
export function honoGuard<
  TApp extends AppTypes,
  const TAllowed extends TApp['clientName'] = never,
  const TRefused extends TApp['clientName'] = never,
>(
  durin: RouteDurin<TApp>,
  { ipAddress, ...options }: HonoGuardOptions<TAllowed, TRefused, TApp['scope']> = {},
): HonoGuard<RouteAuth<TApp>> {
  const judge = createRouteGuard('honoGuard', durin, options);
  if (ipAddress !== undefined && typeof ipAddress !== 'function')
    throw new DurinUsageError('honoGuard: ipAddress must be a function');

  return async function guardRequest(context, next) {
    const outcome = await judge({ req: context.req.raw, ipAddress: ipAddress?.(context as never) });
    switch (outcome.verdict) {
      case 'refused':
        return outcome.response;
      case 'admitted':
        context.set('auth', outcome.auth);
        await next();
        for (const [name, value] of outcome.headers) if (!context.res.headers.has(name)) context.header(name, value); // unless the app has set it
        return undefined;
    }
  };
}
