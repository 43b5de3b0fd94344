import { z } from 'zod';
import type { TokenStore } from '../database/token-store.ts';
import { DurinError } from '../errors.ts';
import { isSessionId, sessionNameProblem } from '../session.ts';
import type { KeyClients } from '../tokens/keys/key-rules.ts';
import type { TokenRevoker } from '../tokens/revoke-tokens.ts';
import { refuseUnreadableInput } from '../trpc/base-procedure.ts';
import type { SessionView } from '../wire.ts';
import { sessionScope } from './logout.ts';
import type { RouterProcedures } from './router-procedures.ts';
import { toSessionView } from './session-view.ts';

export interface SessionsDeps {
  readonly store: Pick<TokenStore, 'listOf' | 'rename'>;
  readonly revoker: TokenRevoker;
  /** The clients of API keys: that of `apiAccess`, and those with `keys`. */
  readonly keyClientNames: readonly string[];
  readonly keyClients: Pick<KeyClients, 'names'>;
  /** Whether API keys are left out of the sessions. */
  readonly excludesApiAccess: boolean;
  readonly now: () => number;
}

/** The name of a device, as a login or its owner gives it. */
export const sessionName = z.string().check((context) => {
  const fault = sessionNameProblem(context.value);
  if (fault !== null) context.issues.push({ code: 'custom', message: fault, input: context.value });
});

export function createSessions({ sessionProcedure }: RouterProcedures, deps: SessionsDeps) {
  const { store, revoker, keyClientNames, keyClients, excludesApiAccess, now } = deps;
  const visible = { exceptClients: excludesApiAccess ? keyClientNames : [] };
  /** The names of keys are unique, so `keys.rename` changes them. */
  const renamable = { exceptClients: [...visible.exceptClients, ...keyClients.names] };

  return {
    list: sessionProcedure.query(async function listSessions({ ctx: { session } }): Promise<SessionView[]> {
      const at = now();
      const rows = await store.listOf(session.userId, visible, at);
      return rows.map((row) => toSessionView(row, session.id, at));
    }),

    revoke: sessionProcedure
      .use(refuseUnreadableInput)
      .input(z.object({ id: z.string() }))
      .mutation(async function revokeSession({ ctx: { session }, input }): Promise<void> {
        const id = input.id.toLowerCase();
        if (id === session.id) throw new DurinError('CURRENT_SESSION');
        const ended = isSessionId(id) ? await revoker.revokeOf(session.userId, id, visible) : null;
        if (ended === null) throw new DurinError('SESSION_NOT_FOUND');
      }),

    rename: sessionProcedure
      .use(refuseUnreadableInput)
      .input(z.object({ id: z.string(), name: sessionName }))
      .mutation(async function renameSession({ ctx: { session }, input: { id, name } }): Promise<void> {
        const isRenamed = isSessionId(id) && (await store.rename(session.userId, id, name, renamable, now()));
        if (!isRenamed) throw new DurinError('SESSION_NOT_FOUND');
      }),

    revokeOthers: sessionProcedure
      .use(refuseUnreadableInput)
      .input(sessionScope)
      .mutation(async function revokeOtherSessions({ ctx: { session }, input }) {
        const sparesApiAccess = excludesApiAccess || input?.exceptApiAccess === true;
        const filter = { exceptId: session.id, exceptClients: sparesApiAccess ? keyClientNames : [] };
        const ended = await revoker.revokeAllOf(session.userId, filter, 'revoked');
        return { revoked: ended.length };
      }),
  };
}
