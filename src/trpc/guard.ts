import type { Actors } from '../records/actors.ts';
import type { CallCounts } from '../records/call-counts.ts';
import type { DurinContext } from '../request/durin-request.ts';
import type { CallAuth, SessionRecord } from '../session.ts';
import type { FollowCall } from '../streams/follow-call.ts';
import type { Admission, Visit } from './admission.ts';
import type { Admitted, Call, CallResult, Guard } from './base-procedure.ts';
import type { GuardSettings } from './guard-options.ts';
import { GuardedCall, type RefusalOf } from './guarded-call.ts';
import { isSignedOut } from './presented-credentials.ts';
import type { RequestState } from './request-state.ts';
import type { Tally } from './tallies.ts';

export interface GuardDeps {
  readonly stateOf: (ctx: DurinContext) => RequestState;
  readonly admission: Admission;
  readonly counts: Pick<CallCounts, 'count' | 'takeBack'>;
  readonly toAuth: (record: SessionRecord) => CallAuth;
  readonly followCall: FollowCall;
  /** `null`: there is no audit. */
  readonly actors: Pick<Actors, 'asUser'> | null;
}

const anonymous = { ctx: { user: null, auth: null } };
const asItIs = (result: CallResult) => result;

/** Creates guards, which let a call through with `ctx.user` and `ctx.auth`, or refuse it. */
export function createGuards(deps: GuardDeps): (settings: GuardSettings) => Guard {
  const { stateOf, admission, counts, toAuth, followCall, actors } = deps;
  /** What the calls of a session add to their contexts. They share it. */
  const additions = new WeakMap<SessionRecord, { ctx: object }>();

  function addedFor(record: SessionRecord): { ctx: object } {
    const known = additions.get(record);
    if (known !== undefined) return known;
    const auth = toAuth(record);
    const added = { ctx: { user: auth.user, auth } };
    additions.set(record, added);
    return added;
  }

  function proceed(call: Call, record: SessionRecord): Promise<CallResult> {
    const added = addedFor(record);
    return actors === null ? call.next(added) : actors.asUser(record, call.ctx.durin, () => call.next(added));
  }

  return function createGuard(settings) {
    const refusalOf: RefusalOf = (record, ipAddress) => admission.refusalOf(record, settings, ipAddress);

    function letIn(call: Call, visit: Visit, record: SessionRecord, since: number): Admitted {
      const { tallies } = visit.state;
      const tally = visit.tally ?? tallies.open(call.getRawInput);
      if (!settings.isOptional) tally.ratedSession = record.id;
      counts.count(record, tally);
      const isFirst = visit.tally === null;
      const finish = followCall(new GuardedCall(call, isFirst ? tallies : null, record, since, refusalOf));
      return { result: proceed(call, record), finish };
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
      if (record !== null) return letIn(call, visit, (await admission.admit(record, visit)) ?? record, since);
      if (settings.limit !== null) await admission.enforceRate(null, visit);
      return { result: call.next(anonymous), finish: asItIs };
    }

    function judge(call: Call, visit: Visit): Admitted | Promise<Admitted> {
      const { state } = visit;
      const since = state.changesBefore();
      const record = state.recognizeSession(call.batchIndex, call.type !== 'query');
      if (record === null) return admitAfterLookUp(call, visit, since);
      const admitting = admission.admit(record, visit);
      return admitting === null
        ? letIn(call, visit, record, since)
        : admitting.then((admitted) => letIn(call, visit, admitted, since));
    }

    /** Judges a call that an earlier guard has let in. If it is refused now, it does not count. */
    async function judgeAgain(call: Call, visit: Visit, tally: Tally): Promise<Admitted> {
      try {
        return await judge(call, visit);
      } catch (error) {
        counts.takeBack(tally);
        throw error;
      }
    }

    return function guard(call) {
      const { ctx, path } = call;
      const state = stateOf(ctx);
      const tally = state.tallies.find(call.getRawInput);
      const visit: Visit = { settings, request: ctx.durin, state, path, tally };
      return tally === null ? judge(call, visit) : judgeAgain(call, visit, tally);
    };
  };
}
