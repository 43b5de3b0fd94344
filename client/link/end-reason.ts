import type { DurinErrorCode } from '../../src/wire.ts';
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
 */
export function endReasonOf(error: unknown): SignedOutReason | undefined {
  return reasons[durinErrorOf(error)?.code as DurinErrorCode];
}
