import type { DurinErrorCode } from '../../src/wire.ts';
import { durinErrorOf } from '../durin-error.ts';
import { refreshTimeOf } from '../session/refresh-time.ts';
import type { Era, Fact, Session, SignedOutReason } from '../session/session.ts';

/** What a link gives: the HTTP links put the response into the context, a WebSocket has none. */
interface Envelope {
  readonly result: object;
  readonly context?: { readonly response?: unknown } | undefined;
}

/**
 * What an answer tells of the session, if it does.
 * @param procedure without the path of its router: `login`
 * @param order the call's number, in the order in which calls were made
 */
export function factOf(procedure: string, era: Era, order: number, envelope: Envelope): Fact | null {
  if (procedure.startsWith('logout')) return { era, session: null, reason: 'logged-out' };
  if (procedure !== 'login' && procedure !== 'refresh') return null;

  const { data } = envelope.result as { data: Session };
  const { token, expiry, user } = data;
  const response = envelope.context?.response as { headers?: Pick<Headers, 'get'> } | undefined;
  const refreshAt = refreshTimeOf(expiry, response?.headers?.get('date'), Date.now());
  return procedure === 'login'
    ? { session: { token, expiry, user, refreshAt }, login: order }
    : { era, session: { expiry, refreshAt } };
}

/** The refusals that say that a token is good for nothing. Wrong credentials, too many calls and outages do not. */
const endings: Partial<Record<DurinErrorCode, SignedOutReason>> = {
  INVALID_TOKEN: 'revoked',
  MALFORMED_HEADER: 'revoked',
  USER_INACTIVE: 'revoked',
  TOKEN_EXPIRED: 'expired',
};

/** Why the session is over whose call was refused with this, if it is. Batches and streams tell it in the data alone. */
export function endingOf(error: unknown): SignedOutReason | undefined {
  return endings[durinErrorOf(error)?.code as DurinErrorCode];
}
