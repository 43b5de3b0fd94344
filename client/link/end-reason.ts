import type { DurinErrorCode } from '../../src/wire.ts';
import { instantOf } from '../session/refresh-time.ts';
import type { SignedOutReason } from '../session/session.ts';
import type { SessionStore } from '../session/session-store.ts';
import { durinErrorOf } from './durin-error.ts';

/** The refusals of a token. Wrong credentials, throttling and outages do not end a session. */
const reasons: Partial<Record<DurinErrorCode, SignedOutReason>> = {
  INVALID_TOKEN: 'revoked',
  MALFORMED_HEADER: 'revoked',
  USER_INACTIVE: 'revoked',
  TOKEN_EXPIRED: 'expired',
};

/**
 * Returns why the session is over whose call failed with this error; `undefined` if it is not over. It reads the error
 * data, because a batch or a stream has one HTTP status for all of its calls.
 * A token that has expired is unknown to the server as soon as its row is removed, by a purge or by another call, and is
 * reported as expired all the same. A browser that sends no session cookie any more has dropped an expired one, or another
 * page has logged out.
 */
export function endReasonOf(error: unknown, { usesCookie, state }: SessionStore): SignedOutReason | undefined {
  const code = durinErrorOf(error)?.code as DurinErrorCode;
  const reason = usesCookie && code === 'NO_CREDENTIALS' ? 'logged-out' : reasons[code];
  return reason && instantOf(state.session?.expiry) <= Date.now() ? 'expired' : reason;
}
