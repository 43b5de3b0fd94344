import { type DurinContext, DurinRequest, type RequestCall, requireDurinContext } from '../request/durin-request.ts';
import type { LimitState } from '../throttle/throttle.ts';
import { presentedCredentials } from './presented-credentials.ts';
import { type RequestState, type RequestStatesDeps, StateOfRequest } from './request-state.ts';

/** The request states of one durin. Two durins in one process share no session. */
export interface RequestStates {
  createContext(call?: RequestCall): DurinContext;
  /** @throws DurinUsageError if the context was not made with `createContext` */
  stateOf(ctx: DurinContext): RequestState;
  /** The limits that the response's headers report. */
  limitsOf(ctx: DurinContext): Iterable<LimitState>;
  /** Whether the credentials of the request are in the session cookie, also before its calls run. */
  hasCookie(ctx: DurinContext): boolean;
}

export function createRequestStates(deps: RequestStatesDeps): RequestStates {
  const { cookies } = deps;
  const sources = { schemes: deps.schemes, cookieName: cookies?.name ?? null };

  function knownStateOf(request: DurinRequest): RequestState | undefined {
    return DurinRequest.stateOf(request, deps) as RequestState | undefined;
  }

  return {
    createContext(call = {}) {
      return { durin: DurinRequest.fromAdapter(call, deps) };
    },
    stateOf(ctx) {
      requireDurinContext(ctx);
      const known = knownStateOf(ctx.durin);
      if (known !== undefined) return known;
      const state = new StateOfRequest(ctx.durin, deps);
      DurinRequest.remember(ctx.durin, deps, state);
      return state;
    },
    limitsOf: ({ durin }) => knownStateOf(durin)?.limits() ?? [],
    hasCookie({ durin }) {
      if (cookies === null) return false;
      return knownStateOf(durin)?.isCookieAt(Infinity) ?? presentedCredentials(durin, sources).isCookie;
    },
  };
}
