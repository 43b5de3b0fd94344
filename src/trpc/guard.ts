import type { DurinContext } from '../request/durin-request.ts';
import type { CallAuth, SessionRecord } from '../session.ts';
import type { FollowCall } from '../streams/follow-call.ts';
import type { Admission, Visit } from './admission.ts';
import type { Admitted, Call, Guard } from './base-procedure.ts';
import type { GuardSettings } from './guard-options.ts';
import { GuardedCall, type RefusalOf } from './guarded-call.ts';
import { isSignedOut, type RequestState } from './request-state.ts';

export interface GuardDeps {
  readonly stateOf: (ctx: DurinContext) => RequestState;
  readonly admission: Admission;
  readonly toAuth: (record: SessionRecord) => CallAuth;
  readonly followCall: FollowCall;
}

const anonymous: Admitted = { added: { ctx: { user: null, auth: null } }, finish: (result) => result };

/** Creates guards, which let a call through with `ctx.user` and `ctx.auth`, or refuse it. */
export function createGuards(deps: GuardDeps): (settings: GuardSettings) => Guard {
  const { stateOf, admission, toAuth, followCall } = deps;
  /** What the calls of a session add to their contexts. They share it. */
  const additions = new WeakMap<SessionRecord, Admitted['added']>();

  function addedFor(record: SessionRecord): Admitted['added'] {
    const known = additions.get(record);
    if (known !== undefined) return known;
    const auth = toAuth(record);
    const added = { ctx: { user: auth.user, auth } };
    additions.set(record, added);
    return added;
  }

  return function createGuard(settings) {
    const refusalOf: RefusalOf = (record, ipAddress) => admission.refusalOf(record, settings, ipAddress);

    function letIn(call: Call, record: SessionRecord, since: number): Admitted {
      return { added: addedFor(record), finish: followCall(new GuardedCall(call, record, since, refusalOf)) };
    }

    async function lookUp({ batchIndex, type }: Call, visit: Visit): Promise<SessionRecord | null> {
      const { state } = visit;
      try {
        return await state.resolveSession(batchIndex, type);
      } catch (error) {
        const isNobody = settings.isOptional && isSignedOut(error, state.isCookieAt(batchIndex));
        if (isNobody) return null;
        throw admission.reportRefused(error, visit);
      }
    }

    async function admitAfterLookUp(call: Call, visit: Visit, since: number): Promise<Admitted> {
      const record = await lookUp(call, visit);
      if (record !== null) return letIn(call, (await admission.admit(record, visit)) ?? record, since);
      if (settings.limit !== null) await admission.enforceRate(null, visit);
      return anonymous;
    }

    return function guard(call) {
      const { ctx, path, batchIndex, type } = call;
      const state = stateOf(ctx);
      const since = state.changesBefore();
      const visit: Visit = { settings, request: ctx.durin, state, path };
      const record = state.recognizeSession(batchIndex, type !== 'query');
      if (record === null) return admitAfterLookUp(call, visit, since);
      const admitting = admission.admit(record, visit);
      return admitting === null
        ? letIn(call, record, since)
        : admitting.then((admitted) => letIn(call, admitted, since));
    };
  };
}
