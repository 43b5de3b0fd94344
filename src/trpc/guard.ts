import { DurinError } from '../errors.ts';
import { type DurinContext, DurinRequest } from '../request/durin-request.ts';
import type { Auth, SessionRecord } from '../session.ts';
import type { Limit, Throttle } from '../throttle/throttle.ts';
import type { ActivateKey } from '../tokens/keys/activate-key.ts';
import type { KeyAccess, Reach } from '../tokens/keys/key-access.ts';
import type { LastUsed } from '../tokens/last-used.ts';
import { type Demands, judgeRights } from '../tokens/rights/judge-rights.ts';
import type { SessionScopes } from '../tokens/rights/scopes.ts';
import type { RequireFresh } from '../tokens/verification/freshness.ts';
import { parseRate, type Quota } from '../values/rate.ts';
import type { Guard } from './base-procedure.ts';
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
  readonly toAuth: (record: SessionRecord) => Auth;
}

const signedOut = { user: null, auth: null };

/** Creates guards, which let a call through with `ctx.user` and `ctx.auth`, or refuse it. */
export function createGuards(deps: GuardDeps): (settings: GuardSettings) => Guard {
  const { stateOf, denials, throttle, sessionQuota, scopes, keyAccess, activateKey, requireFresh, lastUsed, toAuth } =
    deps;

  function reportDenied(error: unknown, { ctx, path }: ProcedureCall): unknown {
    denials.report(error, { path, origin: ctx.durin, session: null });
    return error;
  }

  /** @throws DurinError CLIENT_NOT_ALLOWED, INSUFFICIENT_SCOPE, NETWORK_NOT_ALLOWED, and what the app's callbacks throw */
  function requireRights(record: SessionRecord, demands: Demands, reach: Reach, call: ProcedureCall): void {
    const judgement = judgeRights(record, demands, scopes.heldBy);
    switch (judgement.verdict) {
      case 'allowed': {
        const refusal = keyAccess.refusalOf(record, call.ctx.durin.ipAddress, reach);
        if (refusal !== null) throw reportRefused(refusal, record, call);
        return;
      }
      case 'client-not-allowed':
        throw reportRefused(new DurinError('CLIENT_NOT_ALLOWED'), record, call);
      case 'insufficient-scope':
        throw reportRefused(new DurinError('INSUFFICIENT_SCOPE', { missing: judgement.missing }), record, call);
    }
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
      const { ctx, path, batchIndex, next } = call;
      const state = stateOf(ctx);
      let record: SessionRecord | null = null;
      try {
        record = await state.resolveSession(batchIndex);
      } catch (error) {
        if (!isOptional || !isWithoutCredentials(error)) throw reportDenied(error, call);
      }
      if (record !== null) requireRights(record, settings, reach, call);
      const clientQuota = record === null || isOptional ? null : quotaOf(record);
      if (clientQuota !== null) await enforce({ scope: 'client', quota: clientQuota }, record, ctx);
      const keyQuota = record === null || isOptional ? null : keyAccess.quotaOf(record);
      if (record !== null && keyQuota !== null) await enforcePerKey(keyQuota, record, ctx);
      if (record !== null && freshSeconds !== null) {
        record = await findFresh(record, freshSeconds, call);
        requireRights(record, settings, reach, call); // the user may have changed since the session was cached
      }
      if (limit !== null) await enforce({ scope: limit.scope ?? scopeOfPath(path), quota: limit.quota }, record, ctx);
      if (record === null) return next({ ctx: signedOut });
      if (record.replaces !== null) await activateKey(record);
      lastUsed.recordUse(record, ctx.durin);
      const auth = toAuth(record);
      return next({ ctx: { user: auth.user, auth } });
    };
  };
}
