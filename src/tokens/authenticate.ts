import type { TokenStore } from '../database/token-store.ts';
import { DurinError } from '../errors.ts';
import type { EventSink } from '../events.ts';
import type { Credentials } from '../request/authorization.ts';
import { isExpired, type SessionRecord } from '../session.ts';
import type { UserActivity } from './active-user.ts';
import type { TokenRevoker } from './revoke-tokens.ts';
import type { TokenCodec } from './token-codec.ts';
import { toTokenEvent } from './token-event.ts';

/** How a session is found by its token's public half. A request remembers what it found. */
export type FindSession = (selector: string) => Promise<SessionRecord | null>;

/**
 * The pipe that every guarded call goes through: parse, verify, look up, judge.
 * @throws DurinError NO_CREDENTIALS, MALFORMED_HEADER, INVALID_TOKEN, TOKEN_EXPIRED, USER_INACTIVE, STORE_UNAVAILABLE
 */
export type Authenticate = (credentials: Credentials, find?: FindSession) => Promise<SessionRecord>;

export interface AuthenticateDeps {
  readonly codec: TokenCodec;
  readonly store: Pick<TokenStore, 'findBySelector' | 'deleteIfExpired'>;
  readonly revoker: Pick<TokenRevoker, 'endAllOfInactive'>;
  readonly events: EventSink;
  readonly activity: Pick<UserActivity, 'isActive'>;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

export function createAuthenticate(deps: AuthenticateDeps): Authenticate {
  const { codec, store, revoker, events, activity, now } = deps;

  return async function authenticate(credentials, find = store.findBySelector) {
    if (credentials.kind === 'none') throw new DurinError('NO_CREDENTIALS');
    if (credentials.kind === 'malformed') throw new DurinError('MALFORMED_HEADER');

    const selector = codec.selectorOf(credentials.token);
    if (selector === null) throw new DurinError('INVALID_TOKEN');

    const found = await find(selector);
    if (found === null) throw new DurinError('INVALID_TOKEN');
    if (!activity.isActive(found.userRow)) throw await endInactive(found);
    return isExpired(found.expiresAt, now()) ? removeExpired(found) : found;
  };

  async function endInactive({ userId, expiresAt }: SessionRecord): Promise<DurinError> {
    if (!isExpired(expiresAt, now())) await revoker.endAllOfInactive(userId);
    return new DurinError('USER_INACTIVE');
  }

  /** Whoever renewed the token after it was read keeps it. */
  async function removeExpired(expired: SessionRecord): Promise<SessionRecord> {
    const removed = await store.deleteIfExpired(expired, now());
    if (removed !== null) {
      events.emit('tokenExpired', toTokenEvent(removed));
      throw new DurinError('TOKEN_EXPIRED');
    }
    const renewed = await store.findBySelector(expired.selector);
    if (renewed === null || isExpired(renewed.expiresAt, now())) throw new DurinError('TOKEN_EXPIRED');
    return renewed;
  }
}
