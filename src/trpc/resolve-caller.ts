import { isDurinError } from '../errors.ts';
import type { DurinContext } from '../request/durin-request.ts';
import type { SessionRecord } from '../session.ts';
import type { Denials } from './denials.ts';
import { isSignedOut } from './presented-credentials.ts';
import type { CallType, RequestState } from './request-state.ts';

export interface ResolveCallerDeps {
  readonly stateOf: (ctx: DurinContext) => RequestState;
  readonly denials: Denials;
}

/** A call of a procedure, as tRPC passes it to middleware. */
export interface ProcedureCall {
  readonly ctx: DurinContext;
  readonly path: string;
  readonly batchIndex: number;
  readonly type: CallType;
}

/**
 * Resolves the session of a call, and reports it if its credentials are refused.
 * @throws DurinError the 401 codes, CROSS_SITE, STORE_UNAVAILABLE; DurinUsageError if there is no `ctx.durin`
 */
export type ResolveCaller = (call: ProcedureCall) => Promise<SessionRecord>;

export function createResolveCaller({ stateOf, denials }: ResolveCallerDeps): ResolveCaller {
  return async function resolveCaller({ ctx, path, batchIndex, type }) {
    const state = stateOf(ctx);
    try {
      return await state.resolveSession(batchIndex, type);
    } catch (error) {
      denials.report(error, { path, origin: ctx.durin, session: null });
      throw error;
    }
  };
}

/**
 * Resolves the session of a call that everyone may make; `null`: nobody is signed in. Credentials that are refused count as
 * none. They are reported, unless they came in the session cookie, which outlives its session.
 * @throws DurinError CROSS_SITE, STORE_UNAVAILABLE; DurinUsageError if there is no `ctx.durin`
 */
export type ResolveVisitor = (call: ProcedureCall) => Promise<SessionRecord | null>;

export function createResolveVisitor({ stateOf, denials }: ResolveCallerDeps): ResolveVisitor {
  return async function resolveVisitor({ ctx, path, batchIndex, type }) {
    const state = stateOf(ctx);
    try {
      return await state.resolveSession(batchIndex, type);
    } catch (error) {
      if (isSignedOut(error, state.isCookieAt(batchIndex))) return null;
      denials.report(error, { path, origin: ctx.durin, session: null });
      if (isDurinError(error) && error.code === 'UNAUTHORIZED') return null;
      throw error;
    }
  };
}
