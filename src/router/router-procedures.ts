import type { BoundedByTimeout } from '../database/database-timeout.ts';
import type { DurinError } from '../errors.ts';
import { type DurinContext, DurinRequest } from '../request/durin-request.ts';
import type { SessionRecord } from '../session.ts';
import type { Throttle } from '../throttle/throttle.ts';
import type { ActivateKey } from '../tokens/keys/activate-key.ts';
import type { KeyAccess } from '../tokens/keys/key-access.ts';
import type { LastUsed } from '../tokens/last-used.ts';
import { maskedProcedure, t } from '../trpc/base-procedure.ts';
import type { Denials } from '../trpc/denials.ts';
import { guardedPolicy, type Policies } from '../trpc/policies.ts';
import type { RequestState } from '../trpc/request-state.ts';
import type { ProcedureCall, ResolveCaller } from '../trpc/resolve-caller.ts';
import type { Quota } from '../values/rate.ts';

export interface RouterProcedureDeps {
  readonly stateOf: (ctx: DurinContext) => RequestState;
  readonly resolveCaller: ResolveCaller;
  readonly denials: Denials;
  readonly keyAccess: KeyAccess;
  readonly activateKey: ActivateKey;
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
  const {
    stateOf,
    resolveCaller,
    denials,
    keyAccess,
    activateKey,
    throttle,
    authRouterQuota,
    lastUsed,
    bounded,
    policies,
  } = deps;

  const changingProcedure = maskedProcedure.use(function delayLaterCalls({ ctx, batchIndex, next }) {
    return stateOf(ctx).change(batchIndex, next);
  });

  const loginProcedure = maskedProcedure.use(function delayLaterCalls({ ctx, batchIndex, next }) {
    return stateOf(ctx).change(batchIndex, next, 'login');
  });

  function reportRefused(
    refusal: DurinError,
    session: SessionRecord,
    { ctx, path }: Omit<ProcedureCall, 'batchIndex'>,
  ) {
    const { id, userId, client } = session;
    denials.report(refusal, { path, origin: ctx.durin, session: { id, userId, client: client.name } });
    return refusal;
  }

  /** Lets a session through that may reach the auth router: a key may only log out. */
  function callerProcedure(reach: 'account' | 'renewal' | 'logout') {
    const procedure = maskedProcedure.use(async function requireSession({ ctx, path, batchIndex, next }) {
      const session = await resolveCaller({ ctx, path, batchIndex });
      const refusal = keyAccess.refusalOf(session, ctx.durin.ipAddress, reach);
      if (refusal !== null) throw reportRefused(refusal, session, { ctx, path });
      lastUsed.recordUse(session, ctx.durin);
      return next({ ctx: { session } });
    });
    policies.register(procedure, { ...guardedPolicy, reach });
    return procedure;
  }

  function limitedProcedure(reach: 'account' | 'renewal') {
    return callerProcedure(reach).use(async function limitRate({ ctx, next }) {
      if (authRouterQuota !== null) {
        const caller = { session: ctx.session, origin: DurinRequest.originOf(ctx.durin) };
        await throttle.enforcePerSession({ scope: 'auth', quota: authRouterQuota }, caller, stateOf(ctx).recordLimit);
      }
      await activateKey(ctx.session);
      return next();
    });
  }

  const limitTime = t.middleware(function limitTime({ next }) {
    return bounded(next);
  });
  const sessionProcedure = limitedProcedure('account').use(limitTime);

  return {
    stateOf,
    reportRefused,
    loginProcedure,
    sessionProcedure,
    changingSessionProcedure: changingProcedure.concat(sessionProcedure),
    /** For reauthenticate, which may wait for its turn to verify a password, and limits the time of its statements itself. */
    untimedChangingProcedure: changingProcedure.concat(limitedProcedure('account')),
    /** For refresh alone. */
    renewingProcedure: changingProcedure.concat(limitedProcedure('renewal').use(limitTime)),
    /** For logout alone. */
    unlimitedChangingProcedure: changingProcedure.concat(callerProcedure('logout').use(limitTime)),
  };
}
