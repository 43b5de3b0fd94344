import type { BoundedByTimeout } from '../database/database-timeout.ts';
import type { DurinContext } from '../request/durin-request.ts';
import type { LastUsed } from '../tokens/last-used.ts';
import { maskedProcedure } from '../trpc/base-procedure.ts';
import type { RequestState } from '../trpc/request-state.ts';

export interface RouterProcedureDeps {
  readonly stateOf: (ctx: DurinContext) => RequestState;
  readonly lastUsed: LastUsed;
  readonly bounded: BoundedByTimeout;
}

export type RouterProcedures = ReturnType<typeof createRouterProcedures>;

/**
 * The builders of the auth router's own procedures. They are not throttled, so that a user over the rate can still sign
 * out. Procedures that may change the caller's session make the later calls of their batch wait.
 */
export function createRouterProcedures({ stateOf, lastUsed, bounded }: RouterProcedureDeps) {
  const changingProcedure = maskedProcedure.use(function delayLaterCalls({ ctx, batchIndex, next }) {
    return stateOf(ctx).change(batchIndex, next);
  });

  const sessionProcedure = maskedProcedure
    .use(async function requireSession({ ctx, batchIndex, next }) {
      const session = await stateOf(ctx).resolveSession(batchIndex);
      lastUsed.recordUse(session, ctx.durin);
      return next({ ctx: { session } });
    })
    .use(function limitTime({ next }) {
      return bounded(next);
    });

  return {
    stateOf,
    changingProcedure,
    sessionProcedure,
    changingSessionProcedure: changingProcedure.concat(sessionProcedure),
  };
}
