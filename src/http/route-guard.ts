import { internalsOf } from '../durin/internals.ts';
import { DurinUsageError, isDurinError } from '../errors.ts';
import type { AdapterCall, DurinContext } from '../request/durin-request.ts';
import type { AppTypes } from '../trpc/builders.ts';
import type { GuardOptions } from '../trpc/guard-options.ts';
import type { ResponseFacts } from '../trpc/response-headers.ts';
import type { GuardRoute, RouteAuth } from '../trpc/routes/guard-source.ts';

/** What guards use of a durin: any that `createDurin` returned. */
export interface RouteDurin<TApp extends AppTypes> {
  readonly guard: GuardRoute<TApp>;
  readonly createContext: (call?: AdapterCall) => DurinContext;
  readonly responseMeta: (facts: ResponseFacts) => { headers: Headers };
}

/** The session that a guard of this durin lets in, as a request holds it. */
export type AuthOf<TDurin extends { authenticate(source: string): Promise<object> }> = Awaited<
  ReturnType<TDurin['authenticate']>
>;

/** A request that is let in. */
interface AdmittedOutcome<TAuth> {
  readonly verdict: 'admitted';
  readonly auth: TAuth;
  /** The headers for its answer: the limits that it counts to, and what keeps it out of shared caches. */
  readonly headers: Headers;
}

/** What becomes of a request. */
type Outcome<TAuth> = AdmittedOutcome<TAuth> | { readonly verdict: 'refused'; readonly response: Response };

type Judge<TAuth> = (call: AdapterCall) => Promise<Outcome<TAuth>>;

interface Admitted<TApp extends AppTypes> {
  readonly auth: RouteAuth<TApp>;
  readonly ctx: DurinContext;
}

/**
 * Creates the function that judges the requests to a route.
 * @param name is named in errors
 * @throws DurinUsageError if `durin` is something else, or naming the option that is unknown, missing or wrong
 */
export function createRouteGuard<
  TApp extends AppTypes,
  TAllowed extends TApp['clientName'],
  TRefused extends TApp['clientName'],
>(
  name: string,
  durin: RouteDurin<TApp>,
  options: GuardOptions<TAllowed, TRefused, TApp['scope']>,
): Judge<RouteAuth<TApp>> {
  if (typeof durin?.guard !== 'function')
    throw new DurinUsageError(`${name}: durin must be the object that createDurin returns`);
  const internals = internalsOf(durin);
  internals?.checkRouteOptions(name, options); // else another copy of the package made it, and checks them later

  async function admit(call: AdapterCall): Promise<Admitted<TApp>> {
    if (internals !== null) return (await internals.guardRequest(call, options)) as Admitted<TApp>;
    const ctx = durin.createContext(call);
    return { auth: await durin.guard(ctx.durin, options), ctx };
  }

  return async function judge(call) {
    try {
      const { auth, ctx } = await admit(call);
      return { verdict: 'admitted', auth, headers: durin.responseMeta({ ctx, errors: [] }).headers };
    } catch (error) {
      if (!isDurinError(error)) throw error;
      return { verdict: 'refused', response: error.toResponse() };
    }
  };
}

/**
 * The headers to set on an answer that has some already. A Cache-Control stays as it is, because it may be stricter. Limits are as
 * the last guard has counted them.
 */
export function headersToSet(
  { headers }: AdmittedOutcome<unknown>,
  isSet: (name: string) => boolean,
): (readonly [name: string, value: string])[] {
  return [...headers].filter(([name]) => name !== 'cache-control' || !isSet(name));
}
