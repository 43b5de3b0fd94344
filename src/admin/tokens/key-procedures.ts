import type { AdminStore, OwnedTokenRow } from '../../database/admin/admin-store.ts';
import type { Internals } from '../../durin/internals.ts';
import { DurinError } from '../../errors.ts';
import { isSessionId } from '../../session.ts';
import { overtakenSentence } from '../../tokens/issue-token.ts';
import type { KeyRules } from '../../tokens/keys/key-rules.ts';
import { toSessionTokenEvent, toTokenEvent } from '../../tokens/token-event.ts';
import { parseOverlap } from '../../values/duration.ts';
import { keyRenameInput, keyRollInput } from '../admin-inputs.ts';
import type { AdminProcedures } from '../admin-procedures.ts';
import type { IssuedTokenView } from '../admin-views.ts';
import type { EmitAdminAction } from '../emit-admin-action.ts';
import { newTokenRow, type ToTokenView } from './token-view.ts';

/** How long a rolled key works on after the first use of its successor. */
const defaultOverlap = '24h';

/** What an admin does with API keys alone. Everything else is done with `tokens.*`. */
export function createKeyProcedures(
  { query, mutation, issuingMutation }: AdminProcedures,
  { issueToken, keyClients, keyStore, now }: Internals,
  store: AdminStore,
  toView: ToTokenView,
  emitAdminAction: EmitAdminAction,
) {
  async function findKey(id: string): Promise<{ readonly row: OwnedTokenRow; readonly rules: KeyRules }> {
    const row = isSessionId(id) ? await store.findToken(id) : null;
    const rules = row === null ? null : keyClients.rulesOf(row.clientName);
    if (row === null || rules === null) throw new DurinError('KEY_NOT_FOUND');
    return { row, rules };
  }

  return {
    clients: query.query(async function listKeyClients(): Promise<string[]> {
      return [...keyClients.names];
    }),

    rename: mutation.input(keyRenameInput).mutation(async function renameKey({
      ctx,
      input: { id, name },
    }): Promise<void> {
      const { row } = await findKey(id);
      ctx.throwIfTimedOut();
      const key = { userId: row.owner.key, clientName: row.clientName, id: row.id };
      const outcome = await keyStore.renameKey(key, name, now());
      switch (outcome) {
        case 'renamed':
          emitAdminAction(ctx.by, { action: 'key-renamed', ...toTokenEvent(key), name });
          return;
        case 'name-taken':
          throw nameTaken();
        case 'key-not-found':
          throw new DurinError('KEY_NOT_FOUND');
      }
    }),

    roll: issuingMutation.input(keyRollInput).mutation(async function rollKey({
      ctx,
      input,
    }): Promise<IssuedTokenView> {
      const { row, rules } = await findKey(input.id);
      ctx.throwIfTimedOut();
      const { owner, clientName, name } = row;
      const overlapSeconds = parseOverlap(input.overlap ?? defaultOverlap, 'overlap');
      const issued = await issueToken({
        userId: owner.key,
        clientName,
        key: { max: rules.max, replaces: { id: row.id, overlapSeconds } },
        origin: 'issued',
        isAuthenticated: false,
        onConflict: 'refuse',
        ipAddress: null,
        userAgent: null,
        operation: ctx.operation,
      });
      switch (issued.outcome) {
        case 'kept':
        case 'renewed':
        case 'issued': {
          const { record, token, ended } = issued;
          const { expiresAt: expiry } = record;
          emitAdminAction(ctx.by, { action: 'key-rolled', ...toSessionTokenEvent(record), expiry, replaces: row.id });
          return { token, session: toView(newTokenRow(record, owner, name)), ended: ended.length };
        }
        case 'at-limit':
        case 'key-limit':
          throw new DurinError('KEY_LIMIT');
        case 'overtaken':
          throw new DurinError('SESSION_NOT_FOUND', { cause: new Error(overtakenSentence) });
        case 'key-not-found': // expired, or ended since the look-up above
        case 'unknown-client':
        case 'unknown-user':
        case 'inactive-user':
        case 'credentials-changed':
        case 'session-ended':
        case 'name-taken':
        case 'exists':
          throw new DurinError('KEY_NOT_FOUND');
      }
    }),
  };
}

export function nameTaken(): DurinError {
  return new DurinError('KEY_NAME_TAKEN', { fields: { name: ['The user has a key with that name.'] } });
}
