import type { BoundedByTimeout } from '../database/database-timeout.ts';
import { type DurinContext, DurinRequest } from '../request/durin-request.ts';
import type { Throttle } from '../throttle/throttle.ts';
import type { LastUsed } from '../tokens/last-used.ts';
import { maskedProcedure, t } from '../trpc/base-procedure.ts';
import { guardedPolicy, type Policies } from '../trpc/policies.ts';
import type { RequestState } from '../trpc/request-state.ts';
import type { ResolveCaller } from '../trpc/resolve-caller.ts';
import type { Quota } from '../values/rate.ts';

export interface RouterProcedureDeps {
  readonly stateOf: (ctx: DurinContext) => RequestState;
  readonly resolveCaller: ResolveCaller;
  readonly throttle: Throttle;
  /** For the calls of one session; `null`: no limit. */
  readonly authRouterQuota: Quota | null;
  readonly lastUsed: LastUsed;
  readonly bounded: BoundedByTimeout;
  readonly policies: Pick<Policies, 'register'>;
}

export type RouterProcedures = ReturnType<typeof createRouterProcedures>;

/**
 * The builders of the auth router's own procedures. They do not count against the client's rate, so that a user over that
 * rate can still sign out, but have a limit of their own, per session. Logout has none: a session can end only once.
 * Procedures that may change the caller's session make the later calls of their batch wait.
 */
export function createRouterProcedures(deps: RouterProcedureDeps) {
  const { stateOf, resolveCaller, throttle, authRouterQuota, lastUsed, bounded, policies } = deps;

  const changingProcedure = maskedProcedure.use(function delayLaterCalls({ ctx, batchIndex, next }) {
    return stateOf(ctx).change(batchIndex, next);
  });

  const loginProcedure = maskedProcedure.use(function delayLaterCalls({ ctx, batchIndex, next }) {
    return stateOf(ctx).change(batchIndex, next, 'login');
  });

  const callerProcedure = maskedProcedure.use(async function requireSession({ ctx, path, batchIndex, next }) {
    const session = await resolveCaller({ ctx, path, batchIndex });
    lastUsed.recordUse(session, ctx.durin);
    return next({ ctx: { session } });
  });
  policies.register(callerProcedure, guardedPolicy);

  const limitedProcedure = callerProcedure.use(async function limitRate({ ctx, next }) {
    if (authRouterQuota !== null) {
      const caller = { session: ctx.session, origin: DurinRequest.originOf(ctx.durin) };
      await throttle.enforcePerSession({ scope: 'auth', quota: authRouterQuota }, caller, stateOf(ctx).recordLimit);
    }
    return next();
  });

  const limitTime = t.middleware(function limitTime({ next }) {
    return bounded(next);
  });
  const sessionProcedure = limitedProcedure.use(limitTime);

  return {
    stateOf,
    loginProcedure,
    sessionProcedure,
    changingSessionProcedure: changingProcedure.concat(sessionProcedure),
    /** For reauthenticate, which may wait for its turn to verify a password, and limits the time of its statements itself. */
    untimedChangingProcedure: changingProcedure.concat(limitedProcedure),
    /** For logout alone. */
    unlimitedChangingProcedure: changingProcedure.concat(callerProcedure.use(limitTime)),
  };
}
