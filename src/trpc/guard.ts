import { DurinError } from '../errors.ts';
import { type DurinContext, DurinRequest } from '../request/durin-request.ts';
import type { CallAuth, SessionRecord } from '../session.ts';
import type { FollowCall } from '../streams/follow-call.ts';
import type { Limit, Throttle } from '../throttle/throttle.ts';
import type { ActivateKey } from '../tokens/keys/activate-key.ts';
import type { KeyAccess, Reach } from '../tokens/keys/key-access.ts';
import type { LastUsed } from '../tokens/last-used.ts';
import { type Demands, judgeRights } from '../tokens/rights/judge-rights.ts';
import type { SessionScopes } from '../tokens/rights/scopes.ts';
import type { RequireFresh } from '../tokens/verification/freshness.ts';
import { parseRate, type Quota } from '../values/rate.ts';
import { type Guard, typeLateError } from './base-procedure.ts';
import type { Denials } from './denials.ts';
import { type GuardSettings, scopeOfPath } from './guard-options.ts';
import { isWithoutCredentials, type RequestState } from './request-state.ts';
import type { ProcedureCall } from './resolve-caller.ts';

export interface GuardDeps {
  readonly stateOf: (ctx: DurinContext) => RequestState;
  readonly denials: Denials;
  readonly throttle: Throttle;
  /** For clients without a rate of their own. */
  readonly sessionQuota: Quota | null;
  readonly scopes: Pick<SessionScopes, 'heldBy'>;
  readonly keyAccess: KeyAccess;
  readonly activateKey: ActivateKey;
  readonly requireFresh: RequireFresh;
  readonly lastUsed: LastUsed;
  readonly toAuth: (record: SessionRecord) => CallAuth;
  readonly followCall: FollowCall;
}

/** What a guard demands of a session, for a call from this address. */
interface Gate {
  readonly demands: Demands;
  readonly reach: Reach;
  readonly ipAddress: string | null;
}

const signedOut = { user: null, auth: null };

/** Creates guards, which let a call through with `ctx.user` and `ctx.auth`, or refuse it. */
export function createGuards(deps: GuardDeps): (settings: GuardSettings) => Guard {
  const { stateOf, denials, throttle, sessionQuota, scopes, keyAccess, activateKey, requireFresh } = deps;
  const { lastUsed, toAuth, followCall } = deps;

  function reportDenied(error: unknown, { ctx, path }: ProcedureCall): unknown {
    denials.report(error, { path, origin: ctx.durin, session: null });
    return error;
  }

  /**
   * Why a session may not make a call, or not go on with it: CLIENT_NOT_ALLOWED, INSUFFICIENT_SCOPE or NETWORK_NOT_ALLOWED.
   * @throws TRPCError what the app's callbacks throw
   */
  function refusalOf(record: SessionRecord, { demands, reach, ipAddress }: Gate): DurinError | null {
    const judgement = judgeRights(record, demands, scopes.heldBy);
    switch (judgement.verdict) {
      case 'allowed':
        return keyAccess.refusalOf(record, ipAddress, reach);
      case 'client-not-allowed':
        return new DurinError('CLIENT_NOT_ALLOWED');
      case 'insufficient-scope':
        return new DurinError('INSUFFICIENT_SCOPE', { missing: judgement.missing });
    }
  }

  function requireRights(record: SessionRecord, gate: Gate, call: ProcedureCall): void {
    const refusal = refusalOf(record, gate);
    if (refusal !== null) throw reportRefused(refusal, record, call);
  }

  function reportRefused(refusal: DurinError, session: SessionRecord, { ctx, path }: ProcedureCall): DurinError {
    const { id, userId, client } = session;
    denials.report(refusal, { path, origin: ctx.durin, session: { id, userId, client: client.name } });
    return refusal;
  }

  /** A session that is looked up again may have ended. */
  async function findFresh(record: SessionRecord, seconds: number, call: ProcedureCall): Promise<SessionRecord> {
    try {
      return await requireFresh(record, seconds);
    } catch (error) {
      throw reportDenied(error, call);
    }
  }

  function quotaOf({ client: { throttleRate } }: SessionRecord): Quota | null {
    return throttleRate === null ? sessionQuota : parseRate(throttleRate, 'throttle_rate');
  }

  function enforce(limit: Limit, session: SessionRecord | null, ctx: DurinContext): Promise<void> {
    const caller = { session, origin: DurinRequest.originOf(ctx.durin) };
    return throttle.enforce(limit, caller, stateOf(ctx).recordLimit);
  }

  async function enforcePerKey(quota: Quota, session: SessionRecord, ctx: DurinContext): Promise<void> {
    const caller = { session, origin: DurinRequest.originOf(ctx.durin) };
    await throttle.enforcePerSession({ scope: 'key', quota }, caller, stateOf(ctx).recordLimit);
  }

  return function createGuard(settings) {
    const { isOptional, freshSeconds, limit } = settings;
    const { reach } = settings.policy;
    return async function guard(call) {
      const { ctx, path, batchIndex, type, next } = call;
      const state = stateOf(ctx);
      const since = state.changesBefore();
      const gate: Gate = { demands: settings, reach, ipAddress: ctx.durin.ipAddress };
      let record: SessionRecord | null = null;
      try {
        record = await state.resolveSession(batchIndex, type);
      } catch (error) {
        if (!isOptional || !isWithoutCredentials(error)) throw reportDenied(error, call);
      }
      if (record !== null) requireRights(record, gate, call);
      const clientQuota = record === null || isOptional ? null : quotaOf(record);
      if (clientQuota !== null) await enforce({ scope: 'client', quota: clientQuota }, record, ctx);
      const keyQuota = record === null || isOptional ? null : keyAccess.quotaOf(record);
      if (record !== null && keyQuota !== null) await enforcePerKey(keyQuota, record, ctx);
      if (record !== null && freshSeconds !== null) {
        record = await findFresh(record, freshSeconds, call);
        requireRights(record, gate, call); // the user may have changed since the session was cached
      }
      if (limit !== null) await enforce({ scope: limit.scope ?? scopeOfPath(path), quota: limit.quota }, record, ctx);
      if (record === null) return next({ ctx: signedOut });
      if (record.replaces !== null) await activateKey(record);
      lastUsed.recordUse(record, ctx.durin);
      const auth = toAuth(record);
      const { signal } = call;
      const isStreamed = DurinRequest.isStreamed(ctx.durin);
      const finish = followCall({
        record,
        since,
        type,
        isStreamed,
        signal,
        refusalOf: (later) => refusalOf(later, gate),
        typeError: (error) => typeLateError(call, error),
      });
      return finish(await next({ ctx: { user: auth.user, auth } }));
    };
  };
}
