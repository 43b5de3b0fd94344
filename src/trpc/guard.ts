import { DurinError } from '../errors.ts';
import { type DurinContext, DurinRequest } from '../request/durin-request.ts';
import type { CallAuth, SessionRecord } from '../session.ts';
import type { FollowCall } from '../streams/follow-call.ts';
import type { Limit, Throttle } from '../throttle/throttle.ts';
import type { LastUsed } from '../tokens/last-used.ts';
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
  readonly requireFresh: RequireFresh;
  readonly lastUsed: LastUsed;
  readonly toAuth: (record: SessionRecord) => CallAuth;
  readonly followCall: FollowCall;
}

const signedOut = { user: null, auth: null };

/** Creates guards, which let a call through with `ctx.user` and `ctx.auth`, or refuse it. */
export function createGuards(deps: GuardDeps): (settings: GuardSettings) => Guard {
  const { stateOf, denials, throttle, sessionQuota, requireFresh, lastUsed, toAuth, followCall } = deps;

  function reportDenied(error: unknown, { ctx, path }: ProcedureCall): unknown {
    denials.report(error, { path, origin: ctx.durin, session: null });
    return error;
  }

  function denyClient({ id, userId, client }: SessionRecord, { ctx, path }: ProcedureCall): DurinError {
    const refusal = new DurinError('CLIENT_NOT_ALLOWED');
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

  return function createGuard({ isOptional, isAllowed, freshSeconds, limit }) {
    /** What holds for as long as the call: how fresh a session is and how often it calls is judged at the start. */
    function refusalOf({ client }: SessionRecord): DurinError | null {
      return isAllowed(client.name) ? null : new DurinError('CLIENT_NOT_ALLOWED');
    }

    return async function guard(call) {
      const { ctx, path, batchIndex, next } = call;
      const state = stateOf(ctx);
      const since = state.changesBefore();
      let record: SessionRecord | null = null;
      try {
        record = await state.resolveSession(batchIndex);
      } catch (error) {
        if (!isOptional || !isWithoutCredentials(error)) throw reportDenied(error, call);
      }
      if (record !== null && !isAllowed(record.client.name)) throw denyClient(record, call);
      const clientQuota = record === null || isOptional ? null : quotaOf(record);
      if (clientQuota !== null) await enforce({ scope: 'client', quota: clientQuota }, record, ctx);
      if (record !== null && freshSeconds !== null) record = await findFresh(record, freshSeconds, call);
      if (limit !== null) await enforce({ scope: limit.scope ?? scopeOfPath(path), quota: limit.quota }, record, ctx);
      if (record === null) return next({ ctx: signedOut });
      lastUsed.recordUse(record, ctx.durin);
      const auth = toAuth(record);
      const { type, signal } = call;
      const isStreamed = DurinRequest.isStreamed(ctx.durin);
      const finish = followCall({ record, since, type, isStreamed, signal, refusalOf });
      return finish(await next({ ctx: { user: auth.user, auth } }));
    };
  };
}
