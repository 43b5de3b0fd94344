import { z } from 'zod';
import { DurinError } from '../errors.ts';
import type { EventSink } from '../events.ts';
import type { TokenRevoker } from '../tokens/revoke-tokens.ts';
import { toTokenEvent } from '../tokens/token-event.ts';
import { refuseUnreadableInput } from '../trpc/base-procedure.ts';
import type { RouterProcedures } from './router-procedures.ts';

export interface LogoutDeps {
  readonly revoker: TokenRevoker;
  readonly events: EventSink;
  /** The client of API keys, if there is one. */
  readonly apiClientName: string | null;
}

/** Which of a user's sessions a call is about. Left out: all. */
export const sessionScope = z.object({ exceptApiAccess: z.boolean().optional() }).optional();

export function createLogout({ changingSessionProcedure }: RouterProcedures, { revoker, events }: LogoutDeps) {
  return changingSessionProcedure.mutation(async function logout({ ctx: { session } }): Promise<void> {
    const ended = await revoker.revoke(session, 'logout');
    if (ended === null) throw new DurinError('INVALID_TOKEN'); // another call ended it first
    events.emit('loggedOut', { ...toTokenEvent(session), everywhere: false });
  });
}

export function createLogoutAll({ changingSessionProcedure }: RouterProcedures, deps: LogoutDeps) {
  const { revoker, events, apiClientName } = deps;
  return changingSessionProcedure
    .use(refuseUnreadableInput)
    .input(sessionScope)
    .mutation(async function logoutAll({ ctx: { session }, input }): Promise<void> {
      const filter = { exceptClient: input?.exceptApiAccess ? apiClientName : null };
      const ended = await revoker.revokeAllOf(session.userId, filter, 'logout-all');
      const isOut = ended.some(({ id }) => id === session.id); // an API key that spares API keys is not
      if (isOut) events.emit('loggedOut', { ...toTokenEvent(session), everywhere: true });
    });
}
