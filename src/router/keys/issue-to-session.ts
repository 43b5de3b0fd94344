import { DurinError } from '../../errors.ts';
import type { CallOrigin } from '../../events.ts';
import type { SessionRecord } from '../../session.ts';
import type { IssuedToken, IssueToken, TokenRequest } from '../../tokens/issue-token.ts';
import type { DurinErrorCode } from '../../wire.ts';

/** A key that a session asks for. */
export interface KeyOrder extends Pick<TokenRequest, 'clientName' | 'name' | 'ttlSeconds' | 'scopes' | 'key'> {}

/** How the keys that a user has keep another one from being issued. */
export type KeyConflict = Extract<
  IssuedToken['outcome'],
  'exists' | 'at-limit' | 'name-taken' | 'key-limit' | 'key-not-found'
>;

/**
 * Issues a key to the user of a session.
 * @throws DurinError the code of the conflict; API_ACCESS_DISABLED; the 401 codes if the session or its user ended meanwhile
 */
export type IssueToSession = (
  order: KeyOrder,
  session: SessionRecord,
  origin: CallOrigin,
) => Promise<{ readonly record: SessionRecord; readonly token: string }>;

/** A session creates the key, so it is no token that the server hands out; and nobody has signed in with it. */
const keyRequest = { origin: 'login', isAuthenticated: false, onConflict: 'refuse', onlyIfActive: true } as const;

/** @param codeOf the code with which each conflict is refused */
export function createIssueToSession(
  issueToken: IssueToken,
  codeOf: Readonly<Record<KeyConflict, DurinErrorCode>>,
): IssueToSession {
  return async function issueToSession(order, session, { ipAddress, userAgent }) {
    const { id: sessionId, userId } = session;
    const issued = await issueToken({ ...order, ...keyRequest, userId, sessionId, ipAddress, userAgent });
    switch (issued.outcome) {
      case 'exists':
      case 'at-limit':
      case 'name-taken':
      case 'key-limit':
      case 'key-not-found':
        throw new DurinError(codeOf[issued.outcome]);
      case 'unknown-client':
        throw new DurinError('API_ACCESS_DISABLED'); // the client was never created, or is deleted
      case 'inactive-user':
        throw new DurinError('USER_INACTIVE'); // deactivated after the session was looked up
      case 'unknown-user':
      case 'session-ended':
      case 'credentials-changed':
      case 'overtaken':
        throw new DurinError('INVALID_TOKEN'); // ended after the session was looked up
      case 'kept':
      case 'renewed':
      case 'issued':
        return issued;
    }
  };
}
