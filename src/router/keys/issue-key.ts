import { DurinError } from '../../errors.ts';
import type { CallOrigin } from '../../events.ts';
import type { SessionRecord } from '../../session.ts';
import type { IssueToken, TokenRequest } from '../../tokens/issue-token.ts';
import type { KeyView } from '../../wire.ts';
import { keyRefusal } from './key-refusal.ts';
import type { ToKeyView } from './key-view.ts';

/** A key that a session asks for. */
export interface KeyOrder extends Pick<TokenRequest, 'clientName' | 'ttlSeconds' | 'scopes' | 'key'> {
  readonly name: string | null;
}

/**
 * Issues a key to the user of a session.
 * @throws DurinError KEY_NAME_TAKEN, KEY_LIMIT, KEY_NOT_FOUND, API_ACCESS_DISABLED; the 401 codes if the session or its user
 *   ended meanwhile
 */
export type IssueKey = (
  order: KeyOrder,
  session: SessionRecord,
  origin: CallOrigin,
) => Promise<KeyView & { token: string }>;

/** A session creates the key, so it is no token that the server hands out; and nobody has signed in with it. */
const keyRequest = { origin: 'login', isAuthenticated: false, onConflict: 'refuse', onlyIfActive: true } as const;

export function createIssueKey(issueToken: IssueToken, toKeyView: ToKeyView): IssueKey {
  return async function issueKey(order, session, { ipAddress, userAgent }) {
    const { id: sessionId, userId } = session;
    const issued = await issueToken({ ...order, ...keyRequest, userId, sessionId, ipAddress, userAgent });
    switch (issued.outcome) {
      case 'name-taken':
        throw new DurinError('KEY_NAME_TAKEN');
      case 'exists':
      case 'at-limit':
      case 'key-limit':
        throw new DurinError('KEY_LIMIT');
      case 'key-not-found':
        throw new DurinError('KEY_NOT_FOUND');
      case 'kept':
      case 'renewed':
      case 'issued': {
        const { record, token } = issued;
        const { name, clientName } = order;
        return { ...toKeyView({ ...record, name, clientName }, session), token };
      }
      case 'unknown-client':
      case 'inactive-user':
      case 'unknown-user':
      case 'session-ended':
      case 'credentials-changed':
      case 'overtaken':
        throw keyRefusal(issued.outcome);
    }
  };
}
