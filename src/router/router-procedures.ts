import type { DurinContext } from '../request/durin-request.ts';
import type { LastUsed } from '../tokens/last-used.ts';
import { discreetProcedure } from '../trpc/base-procedure.ts';
import type { RequestState } from '../trpc/request-state.ts';

export interface RouterProcedureDeps {
  readonly stateOf: (ctx: DurinContext) => RequestState;
  readonly lastUsed: LastUsed;
}

export type RouterProcedures = ReturnType<typeof createRouterProcedures>;

/**
 * The builders of the router's own procedures. They are not throttled: whoever is over the rate can still sign out.
 * Those that may change the caller's session hold back the later calls of their batch.
 */
export function createRouterProcedures({ stateOf, lastUsed }: RouterProcedureDeps) {
  const changingProcedure = discreetProcedure.use(function holdBackLaterCalls({ ctx, batchIndex, next }) {
    return stateOf(ctx).change(batchIndex, next);
  });

  const withSession = discreetProcedure.use(async function findSession({ ctx, batchIndex, next }) {
    const session = await stateOf(ctx).resolveSession(batchIndex);
    lastUsed.recordUse(session, ctx.durin);
    return next({ ctx: { session } });
  });

  return {
    stateOf,
    changingProcedure,
    sessionProcedure: withSession,
    changingSessionProcedure: changingProcedure.concat(withSession),
  };
}
