import type { BoundedByTimeout } from '../database/database-timeout.ts';
import type { TokenStore } from '../database/token-store.ts';
import { DurinError } from '../errors.ts';
import type { EventSink } from '../events.ts';
import type { Credentials } from '../request/authorization.ts';
import type { SessionRecord } from '../session.ts';
import { isExpired } from '../values/expiry.ts';
import type { ActiveUser } from './active-user.ts';
import type { TokenRevoker } from './revoke-tokens.ts';
import type { TokenCodec } from './token-codec.ts';
import { toTokenEvent } from './token-event.ts';

/** Finds a session by its token's selector. A request passes its own, which remembers what it found. */
export type FindSession = (selector: string) => Promise<SessionRecord | null>;

/**
 * Resolves the session of a caller. Every guarded call goes through it.
 * @throws DurinError NO_CREDENTIALS, MALFORMED_HEADER, INVALID_TOKEN, TOKEN_EXPIRED, USER_INACTIVE, STORE_UNAVAILABLE
 */
export type Authenticate = (credentials: Credentials, find?: FindSession) => Promise<SessionRecord>;

export interface AuthenticateDeps {
  readonly codec: TokenCodec;
  readonly store: Pick<TokenStore, 'findBySelector' | 'deleteIfExpired'>;
  readonly revoker: Pick<TokenRevoker, 'endAllOfInactive'>;
  readonly activeUser: Pick<ActiveUser, 'isActive'>;
  readonly events: EventSink;
  readonly bounded: BoundedByTimeout;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

export function createAuthenticate(deps: AuthenticateDeps): Authenticate {
  const { codec, store, revoker, activeUser, events, bounded, now } = deps;

  return async function authenticate(credentials, find = store.findBySelector) {
    const token = parse(credentials);
    const selector = verify(token);
    const session = await find(selector);
    if (session === null) throw new DurinError('INVALID_TOKEN');
    switch (judge(session)) {
      case 'valid':
        return session;
      case 'inactive':
        throw await endSessionsOf(session);
      case 'expired':
        return removeExpired(session);
    }
  };

  function verify(token: string): string {
    const selector = codec.selectorOf(token);
    if (selector === null) throw new DurinError('INVALID_TOKEN');
    return selector;
  }

  function judge({ userRow, expiresAt }: SessionRecord): 'valid' | 'inactive' | 'expired' {
    if (!activeUser.isActive(userRow)) return 'inactive';
    return isExpired(expiresAt, now()) ? 'expired' : 'valid';
  }

  /** A deactivated user's sessions end for good: they stay ended when the user is activated again. */
  async function endSessionsOf({ userId, expiresAt }: SessionRecord): Promise<DurinError> {
    if (!isExpired(expiresAt, now())) await bounded(() => revoker.endAllOfInactive(userId));
    return new DurinError('USER_INACTIVE');
  }

  /** Removes the row, unless the token was renewed after this look-up read it. Then the renewed session is returned. */
  async function removeExpired(expired: SessionRecord): Promise<SessionRecord> {
    const removed = await bounded(() => store.deleteIfExpired(expired, now()));
    if (removed !== null) {
      events.emit('tokenExpired', toTokenEvent(removed));
      throw new DurinError('TOKEN_EXPIRED');
    }
    const renewed = await store.findBySelector(expired.selector);
    if (renewed === null) throw new DurinError('TOKEN_EXPIRED');
    switch (judge(renewed)) {
      case 'valid':
        return renewed;
      case 'inactive':
        throw await endSessionsOf(renewed);
      case 'expired':
        throw new DurinError('TOKEN_EXPIRED');
    }
  }
}

function parse(credentials: Credentials): string {
  switch (credentials.kind) {
    case 'none':
      throw new DurinError('NO_CREDENTIALS');
    case 'malformed':
      throw new DurinError('MALFORMED_HEADER');
    case 'token':
      return credentials.token;
  }
}
