import type { DurinErrorCode } from '../../src/wire.ts';
import { instantOf } from '../session/refresh-time.ts';
import type { SignedOutReason } from '../session/session.ts';
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
 * @param expiry of the session, as the server sent it. A token that has expired is unknown to the server as soon as its
 * row is removed, by a purge or by another call, and is reported as expired all the same.
 */
export function endReasonOf(error: unknown, expiry?: unknown): SignedOutReason | undefined {
  const reason = reasons[durinErrorOf(error)?.code as DurinErrorCode];
  return reason && instantOf(expiry) <= Date.now() ? 'expired' : reason;
}
