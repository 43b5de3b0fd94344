import { z } from 'zod';
import { DurinError } from '../errors.ts';
import type { EventSink } from '../events.ts';
import type { TokenRevoker } from '../tokens/revoke-tokens.ts';
import { toSessionTokenEvent } from '../tokens/token-event.ts';
import { refuseUnreadableInput } from '../trpc/base-procedure.ts';
import type { RouterProcedures } from './router-procedures.ts';

export interface LogoutDeps {
  readonly revoker: TokenRevoker;
  readonly events: EventSink;
  /** The clients of API keys: that of `apiAccess`, and those with `keys`. */
  readonly keyClientNames: readonly string[];
}

/** Which of the user's sessions a call is about. Default: all. */
export const sessionScope = z.object({ exceptApiAccess: z.boolean().optional() }).optional();

export function createLogout({ loggingOutProcedure, clearCookie }: RouterProcedures, { revoker, events }: LogoutDeps) {
  return loggingOutProcedure.mutation(async function logout({ ctx, batchIndex = 0 }): Promise<void> {
    const { session } = ctx;
    const ended = await revoker.revoke(session, 'logout');
    if (ended === null) throw new DurinError('INVALID_TOKEN'); // another call ended it first
    clearCookie({ ctx, batchIndex });
    events.emit('loggedOut', { ...toSessionTokenEvent(session), everywhere: false });
  });
}

export function createLogoutAll({ loggingOutEverywhereProcedure, clearCookie }: RouterProcedures, deps: LogoutDeps) {
  const { revoker, events, keyClientNames } = deps;
  return loggingOutEverywhereProcedure
    .use(refuseUnreadableInput)
    .input(sessionScope)
    .mutation(async function logoutAll({ ctx, input, batchIndex = 0 }): Promise<void> {
      const { session } = ctx;
      const filter = { exceptClients: input?.exceptApiAccess ? keyClientNames : [] };
      const ended = await revoker.revokeAllOf(session.userId, filter, 'logout-all');
      const isLoggedOut = ended.some(({ id }) => id === session.id); // false for an API key that spares API keys
      if (!isLoggedOut) return;
      clearCookie({ ctx, batchIndex });
      events.emit('loggedOut', { ...toSessionTokenEvent(session), everywhere: true });
    });
}
