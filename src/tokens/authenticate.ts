import { createSingleFlight } from '../async/single-flight.ts';
import type { BoundedByTimeout } from '../database/database-timeout.ts';
import type { TokenStore } from '../database/token-store.ts';
import { DurinError } from '../errors.ts';
import type { EventSink } from '../events.ts';
import type { Credentials } from '../request/authorization.ts';
import type { SessionRecord } from '../session.ts';
import { isExpired } from '../values/expiry.ts';
import type { ActiveUser } from './active-user.ts';
import { judgeLifetime, type LifetimeStage } from './lifetime.ts';
import type { TokenRevoker } from './revoke-tokens.ts';
import type { TokenCodec } from './token-codec.ts';
import { toTokenEvent } from './token-event.ts';

/** Finds a session by its token's selector. A request passes its own, which remembers what it found. */
export type FindSession = (selector: string) => Promise<SessionRecord | null>;

/**
 * Resolves the session of a caller. Every guarded call goes through it.
 * @param onlyClients the clients whose tokens these credentials may hold; `null`: all
 * @throws DurinError NO_CREDENTIALS, MALFORMED_HEADER, INVALID_TOKEN, TOKEN_EXPIRED, USER_INACTIVE, STORE_UNAVAILABLE
 */
export type Authenticate = (
  credentials: Credentials,
  find?: FindSession,
  onlyClients?: ReadonlySet<string> | null,
) => Promise<SessionRecord>;

/**
 * Returns the session of a caller if that is certain without waiting: it is in the memory of this process, and valid. Most
 * are, and waiting takes longer than everything else. `null`: `authenticate` decides.
 * @throws TRPCError what the app's callbacks throw
 */
export type Recognize = (credentials: Credentials, onlyClients?: ReadonlySet<string> | null) => SessionRecord | null;

export interface AuthenticateDeps {
  readonly codec: TokenCodec;
  readonly store: Pick<TokenStore, 'findBySelector' | 'findInMemory' | 'deleteIfExpired' | 'keepAlive'>;
  readonly revoker: Pick<TokenRevoker, 'endAllOfInactive'>;
  readonly activeUser: Pick<ActiveUser, 'isActive'>;
  readonly events: EventSink;
  readonly bounded: BoundedByTimeout;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

export function createAuthenticate(deps: AuthenticateDeps): { authenticate: Authenticate; recognize: Recognize } {
  const { codec, store, revoker, activeUser, events, bounded, now } = deps;
  /** The calls of a batch share a write. */
  const keepingAlive = createSingleFlight<void>();

  return {
    async authenticate(credentials, find = store.findBySelector, onlyClients = null) {
      const token = parse(credentials);
      const selector = verify(token);
      const session = await find(selector);
      if (session === null || !isOneOf(onlyClients, session)) throw new DurinError('INVALID_TOKEN');
      switch (judge(session)) {
        case 'valid':
          return session;
        case 'idling':
          return keepAlive(session);
        case 'inactive':
          throw await endSessionsOf(session);
        case 'expired':
          return removeExpired(session);
      }
    },

    recognize(credentials, onlyClients = null) {
      const selector = credentials.kind === 'token' ? codec.verifiedSelectorOf(credentials.token) : null;
      const session = selector && store.findInMemory(selector);
      return session && isOneOf(onlyClients, session) && judge(session) === 'valid' ? session : null;
    },
  };

  function verify(token: string): string {
    const selector = codec.selectorOf(token);
    if (selector === null) throw new DurinError('INVALID_TOKEN');
    return selector;
  }

  function judge(session: SessionRecord): LifetimeStage | 'inactive' {
    return activeUser.isActive(session.userRow) ? judgeLifetime(session, now()) : 'inactive';
  }

  /** A deactivated user's sessions end for good: they stay ended when the user is activated again. */
  async function endSessionsOf({ userId, expiresAt }: SessionRecord): Promise<DurinError> {
    if (!isExpired(expiresAt, now())) await bounded(() => revoker.endAllOfInactive(userId));
    return new DurinError('USER_INACTIVE');
  }

  /** Stores this use before the session expires without it, and returns the session with its later expiry. */
  async function keepAlive(idling: SessionRecord): Promise<SessionRecord> {
    const storing = keepingAlive.inFlight(idling.id)?.answer;
    await (storing ?? keepingAlive.start(idling.id, () => bounded(() => store.keepAlive(idling, now()))));
    return findAgain(idling);
  }

  /** Removes the row, unless the token was renewed or used after this look-up read it. Then that session is returned. */
  async function removeExpired(expired: SessionRecord): Promise<SessionRecord> {
    const removed = await bounded(() => store.deleteIfExpired(expired, now()));
    if (removed !== null) {
      events.emit('tokenExpired', toTokenEvent(removed));
      throw new DurinError('TOKEN_EXPIRED');
    }
    return findAgain(expired);
  }

  async function findAgain({ selector }: SessionRecord): Promise<SessionRecord> {
    const session = await store.findBySelector(selector);
    if (session === null) throw new DurinError('TOKEN_EXPIRED');
    switch (judge(session)) {
      case 'valid':
      case 'idling':
        return session;
      case 'inactive':
        throw await endSessionsOf(session);
      case 'expired':
        throw new DurinError('TOKEN_EXPIRED');
    }
  }
}

function isOneOf(clients: ReadonlySet<string> | null, { client }: SessionRecord): boolean {
  return clients === null || clients.has(client.name);
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
