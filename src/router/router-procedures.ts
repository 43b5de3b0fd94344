import type { BoundedByTimeout } from '../database/database-timeout.ts';
import type { DurinError } from '../errors.ts';
import type { Actors } from '../records/actors.ts';
import { type DurinContext, DurinRequest } from '../request/durin-request.ts';
import type { CookieCall, SessionCookies } from '../request/session-cookies.ts';
import type { SessionRecord } from '../session.ts';
import type { Throttle } from '../throttle/throttle.ts';
import type { ActivateKey } from '../tokens/keys/activate-key.ts';
import type { KeyAccess } from '../tokens/keys/key-access.ts';
import type { LastUsed } from '../tokens/last-used.ts';
import { maskedProcedure, t } from '../trpc/base-procedure.ts';
import type { Denials } from '../trpc/denials.ts';
import { guardedPolicy, type Policies } from '../trpc/policies/policies.ts';
import type { RequestState } from '../trpc/request-state.ts';
import type { ProcedureCall, ResolveCaller, ResolveVisitor } from '../trpc/resolve-caller.ts';
import type { Quota } from '../values/rate.ts';

export interface RouterProcedureDeps {
  readonly stateOf: (ctx: DurinContext) => RequestState;
  readonly resolveCaller: ResolveCaller;
  readonly resolveVisitor: ResolveVisitor;
  readonly denials: Denials;
  readonly sessionCookies: SessionCookies;
  readonly keyAccess: KeyAccess;
  readonly activateKey: ActivateKey;
  readonly throttle: Throttle;
  /** For the calls of one session; `null`: no limit. */
  readonly authRouterQuota: Quota | null;
  readonly lastUsed: LastUsed;
  /** `null`: there is no audit. */
  readonly actors: Pick<Actors, 'asUser' | 'asVisitor'> | null;
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
    resolveVisitor,
    denials,
    sessionCookies,
    keyAccess,
    activateKey,
    throttle,
    authRouterQuota,
    lastUsed,
    actors,
    bounded,
    policies,
  } = deps;

  const changingProcedure = maskedProcedure.use(function delayLaterCalls({ ctx, batchIndex, next }) {
    return stateOf(ctx).change(batchIndex, next);
  });

  const loginProcedure = maskedProcedure.use(function delayLaterCalls({ ctx, batchIndex, next }) {
    const work = () => stateOf(ctx).change(batchIndex, next, 'login');
    return actors === null ? work() : actors.asVisitor(ctx.durin, work);
  });

  function reportRefused(
    refusal: DurinError,
    session: SessionRecord,
    { ctx, path }: Pick<ProcedureCall, 'ctx' | 'path'>,
  ) {
    denials.report(refusal, { path, origin: ctx.durin, session });
    return refusal;
  }

  async function enforceRate(session: SessionRecord, ctx: DurinContext): Promise<void> {
    if (authRouterQuota === null) return;
    const caller = { session, origin: DurinRequest.originOf(ctx.durin) };
    await throttle.enforcePerSession({ scope: 'auth', quota: authRouterQuota }, caller, stateOf(ctx).recordLimit);
  }

  /** Lets a session through that may reach the auth router: a key may only log out. Only logout has no limit. */
  function callerProcedure(reach: 'account' | 'renewal' | 'logout') {
    const procedure = maskedProcedure.use(async function requireSession({ ctx, path, batchIndex, type, next }) {
      const session = await resolveCaller({ ctx, path, batchIndex, type });
      const refusal = keyAccess.refusalOf(session, ctx.durin.ipAddress, reach);
      if (refusal !== null) throw reportRefused(refusal, session, { ctx, path });
      if (reach !== 'logout') {
        await enforceRate(session, ctx);
        await activateKey(session, ctx.durin);
      }
      lastUsed.recordUse(session, ctx.durin);
      const work = () => next({ ctx: { session } });
      return actors === null ? work() : actors.asUser(session, ctx.durin, work);
    });
    policies.register(procedure, { ...guardedPolicy, reach });
    return procedure;
  }

  /**
   * Lets everyone through. Credentials that are refused count as none, and so do API keys, also those with full access. It has no
   * limit: every page may ask who is signed in, which takes one look-up.
   */
  const optionalSessionProcedure = maskedProcedure.use(async function findSession({
    ctx,
    path,
    batchIndex,
    type,
    next,
  }) {
    const caller = await resolveVisitor({ ctx, path, batchIndex, type });
    const isKey = caller !== null && keyAccess.refusalOf(caller, ctx.durin.ipAddress, 'renewal') !== null;
    const session = isKey ? null : caller;
    if (session !== null) lastUsed.recordUse(session, ctx.durin);
    return next({ ctx: { session } });
  });
  policies.register(optionalSessionProcedure, { ...guardedPolicy, isOptional: true, reach: 'renewal' });

  function clearCookie(call: CookieCall): void {
    if (stateOf(call.ctx).isCookieAt(call.batchIndex)) sessionCookies.clear(call);
  }

  /**
   * Deletes the cookie of a session that was over already. No other refusal deletes it: a late one would delete the cookie of a
   * newer login.
   */
  const loggingOutProcedure = changingProcedure.use(async function clearCookieOfEnded({ ctx, batchIndex, next }) {
    const result = await next();
    if (!result.ok && result.error.code === 'UNAUTHORIZED') clearCookie({ ctx, batchIndex });
    return result;
  });

  const limitTime = t.middleware(function limitTime({ next }) {
    return bounded(next);
  });
  const sessionProcedure = callerProcedure('account').use(limitTime);

  return {
    stateOf,
    reportRefused,
    loginProcedure,
    sessionProcedure,
    changingSessionProcedure: changingProcedure.concat(sessionProcedure),
    /** For reauthenticate, which may wait for its turn to verify a password, and limits the time of its statements itself. */
    untimedChangingProcedure: changingProcedure.concat(callerProcedure('account')),
    /** For refresh alone. */
    renewingProcedure: changingProcedure.concat(callerProcedure('renewal').use(limitTime)),
    /** For logout alone. */
    loggingOutProcedure: loggingOutProcedure.concat(callerProcedure('logout').use(limitTime)),
    /** For logoutAll alone. */
    loggingOutEverywhereProcedure: loggingOutProcedure.concat(sessionProcedure),
    clearCookie,
    /** For session alone. */
    optionalSessionProcedure: optionalSessionProcedure.use(limitTime),
  };
}
