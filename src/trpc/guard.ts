import type { Actors } from '../records/actors.ts';
import type { DurinContext } from '../request/durin-request.ts';
import type { CallAuth, SessionRecord } from '../session.ts';
import type { FollowCall } from '../streams/follow-call.ts';
import type { Admission, Visit } from './admission.ts';
import type { Guard } from './base-procedure.ts';
import type { GuardSettings } from './guard-options.ts';
import { GuardedCall, type RefusalOf } from './guarded-call.ts';
import { isSignedOut } from './presented-credentials.ts';
import type { RequestState } from './request-state.ts';

export interface GuardDeps {
  readonly stateOf: (ctx: DurinContext) => RequestState;
  readonly admission: Admission;
  readonly toAuth: (record: SessionRecord) => CallAuth;
  readonly followCall: FollowCall;
  /** `null`: there is no audit. */
  readonly actors: Pick<Actors, 'asUser'> | null;
}

const signedOut = { user: null, auth: null };

/** Creates guards, which let a call through with `ctx.user` and `ctx.auth`, or refuse it. */
export function createGuards(deps: GuardDeps): (settings: GuardSettings) => Guard {
  const { stateOf, admission, toAuth, followCall, actors } = deps;

  return function createGuard(settings) {
    const refusalOf: RefusalOf = (record, ipAddress) => admission.refusalOf(record, settings, ipAddress);

    return async function guard(call) {
      const { ctx, path, batchIndex, type, next } = call;
      const state = stateOf(ctx);
      const since = state.changesBefore();
      const visit: Visit = { settings, request: ctx.durin, state, path };
      let record: SessionRecord | null = null;
      try {
        record = await state.resolveSession(batchIndex, type);
      } catch (error) {
        const isNobody = settings.isOptional && isSignedOut(error, state.isCookieAt(batchIndex));
        if (!isNobody) throw admission.reportRefused(error, visit);
      }
      if (record === null) {
        if (settings.limit !== null) await admission.enforceRate(null, visit);
        return next({ ctx: signedOut });
      }
      const admitting = admission.admit(record, visit);
      if (admitting !== null) record = await admitting;
      const auth = toAuth(record);
      const finish = followCall(new GuardedCall(call, record, since, refusalOf));
      const proceed = () => next({ ctx: { user: auth.user, auth } });
      return finish(await (actors === null ? proceed() : actors.asUser(record, ctx.durin, proceed)));
    };
  };
}
