import type { BoundedByTimeout } from '../../database/database-timeout.ts';
import type { TokenStore } from '../../database/token-store.ts';
import { DurinError } from '../../errors.ts';
import type { EventSink } from '../../events.ts';
import type { SessionRecord } from '../../session.ts';
import { toSessionTokenEvent } from '../token-event.ts';
import type { UnderWay } from '../under-way.ts';
import type { ConfirmUser, VerifiedUser } from './confirm-user.ts';
import { isRefused, type Refused, refused } from './refusal.ts';
import type { Attempt, VerifyUser } from './verify-user.ts';

/**
 * Lets the user of a session confirm their identity again. It is verified, limited and refused like a login. The right password
 * of another user is refused like a wrong one. The session keeps its token and its expiry.
 * @throws DurinError INVALID_CREDENTIALS, THROTTLED, STORE_UNAVAILABLE; INVALID_TOKEN if the session has ended meanwhile
 */
export type Reauthenticate = (
  session: SessionRecord,
  attempt: Pick<Attempt, 'input' | 'ctx' | 'onLimit'>,
) => Promise<void>;

export interface ReauthenticateDeps {
  readonly verifyUser: VerifyUser;
  readonly confirmUser: ConfirmUser;
  readonly store: Pick<TokenStore, 'reauthenticate'>;
  readonly isSameUser: (userId: unknown, otherId: unknown) => boolean;
  readonly issuesUnderWay: UnderWay;
  readonly events: EventSink;
  readonly bounded: BoundedByTimeout;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

type Result = { readonly outcome: 'authenticated' | 'session-ended' } | Refused;

export function createReauthenticate(deps: ReauthenticateDeps): Reauthenticate {
  const { verifyUser, confirmUser, store, isSameUser, issuesUnderWay, events, bounded, now } = deps;

  return async function reauthenticate(session, attempt) {
    const { ipAddress, userAgent } = attempt.ctx.durin;
    const nameClient = () => ({ outcome: 'named', clientName: session.client.name }) as const;
    const result = await verifyUser({ ...attempt, nameClient }, (verified) =>
      bounded(() => proveOvertakable(session, verified)),
    );
    if (isRefused(result)) {
      events.emit('loginFailed', { code: result.code, userId: session.userId, ipAddress, userAgent });
      throw result.error ?? new DurinError(result.code);
    }
    if (result.outcome === 'session-ended') throw new DurinError('INVALID_TOKEN');
    events.emit('reauthenticated', { ...toSessionTokenEvent(session), ipAddress, userAgent });
  };

  /** The verification may end by its timeout while this continues, so an end of the user's sessions has to know of both. */
  async function proveOvertakable(session: SessionRecord, verified: VerifiedUser): Promise<Result> {
    const call = issuesUnderWay.begin();
    const operations = [call, verified.operation];
    const isOvertaken = () =>
      operations.some((operation) => operation.isOvertakenFor(verified.userId, verified.clientName));
    try {
      return await prove(session, verified, isOvertaken);
    } finally {
      call.finish();
    }
  }

  async function prove(session: SessionRecord, verified: VerifiedUser, isOvertaken: () => boolean): Promise<Result> {
    const { userId } = verified;
    const { isConfirmed, ...credentials } = await confirmUser(verified);
    if (!isConfirmed || !isSameUser(userId, session.userId)) return refused('INVALID_CREDENTIALS', userId);
    const proof = { id: session.id, selector: session.selector, userId, ...credentials };
    const outcome = await store.reauthenticate({ ...proof, authenticatedAt: now() }, now());
    switch (outcome) {
      case 'unknown-user':
      case 'credentials-changed':
        return refused('INVALID_CREDENTIALS', userId);
      case 'session-ended':
        return { outcome };
      case 'authenticated':
        if (!isOvertaken()) return { outcome };
        await store.reauthenticate({ ...proof, authenticatedAt: null }, now()); // the end has spared this session
        return refused('INVALID_CREDENTIALS', userId);
    }
  }
}
