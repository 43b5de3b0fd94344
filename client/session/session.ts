/** The state of the SDK, and how events change it: plain values in, plain values out. */
import { createEpoch, type Epoch } from './epoch.ts';
import { refreshTimeOf } from './refresh-time.ts';

/** Why nobody is signed in. `logged-out`: in this tab or another one; `revoked`: the server does not accept the token. */
export type SignedOutReason = 'logged-out' | 'expired' | 'revoked';

/** Who is signed in, as the app sees it. It is the same object until the session changes. */
export type Snapshot<TUser extends object = { readonly user?: unknown }, TExpiry = unknown> =
  | ({ readonly status: 'signed-in'; readonly expiry: TExpiry } & Readonly<TUser>)
  | { readonly status: 'signed-out'; readonly reason?: SignedOutReason | undefined };

/** What `login` and `session` return, as far as the SDK reads it. */
export interface LoginAnswer extends Pick<Session, 'expiry' | 'user'> {
  /** Absent, or `null`, if the browser has it in the session cookie. */
  readonly token?: string | null;
  readonly id?: string;
}

/** A session as it is stored. `expiry` and `user` are kept as the server sent them. */
export interface Session {
  /** If the browser has the token in a cookie, which scripts cannot read: the session's id, which stands for it. */
  readonly token: string;
  readonly expiry: unknown;
  readonly user?: unknown;
  /** When to refresh, in milliseconds since 1970 on this machine's clock; `null` means never. */
  readonly refreshAt: number | null;
  /**
   * Drawn at random at the login, or the session's id. By it, tabs recognize the session when a refresh has replaced its
   * token, and the page that refreshes it locks out the others.
   */
  readonly key?: number | string | undefined;
}

export interface SessionState {
  readonly epoch: Epoch;
  readonly session: Session | null;
  readonly snapshot: Snapshot;
  /** The call number of the login that counts. Calls are numbered in the order in which they are made. */
  readonly login: number;
}

export type SessionEvent =
  /** A login succeeded, and its epoch begins. It does not count if a login that was called later has succeeded. */
  | { readonly type: 'login'; readonly epoch: Epoch; readonly session: Session; readonly login: number }
  /** The session of this epoch has a new expiry, and another token if an older secret had signed its token. */
  | { readonly type: 'refresh'; readonly epoch: Epoch; readonly session: Renewal }
  /** The session of this epoch is over. */
  | { readonly type: 'end'; readonly epoch: Epoch; readonly reason: SignedOutReason }
  /** Another tab or program has stored this session, or has removed it. Without a reason, that was a logout. */
  | { readonly type: 'stored'; readonly session: Session | null; readonly reason?: SignedOutReason | undefined };

/** What a refresh changes. An empty token, or none, leaves the token. */
type Renewal = Pick<Session, 'expiry' | 'refreshAt'> & { readonly token?: string | null };

/**
 * Returns the event that the answer to a login stands for.
 * @param usesCookie whether the browser has the token in a cookie
 * @param login the call's number
 * @param dateHeader the header Date of the answer, if it is known
 */
export function loginEvent(answer: LoginAnswer, usesCookie: boolean, login: number, dateHeader?: string | null) {
  const { expiry, user } = answer;
  // Empty: the answer is that of a refresh, or the server has another transport.
  const token = (usesCookie ? !answer.token && answer.id : answer.token) || '';
  const refreshAt = refreshTimeOf(expiry, dateHeader, Date.now());
  const session: Session = { token, expiry, user, refreshAt, key: usesCookie ? token : Math.random() };
  return { type: 'login', epoch: createEpoch(token), session, login } satisfies SessionEvent;
}

/** Why an answer is no session, as if the server and the SDK have different transports. */
export function missingToken(): TypeError {
  return new TypeError('No token. Check transport.');
}

/** Whether two texts describe one session: they have the same token, or are of the same login. */
export function isSameSession(one: Session | null, other: Session | null): boolean {
  return one?.token === other?.token || (one?.key ?? 0) === other?.key;
}

/** Returns the state after an event, or the same object if the event changes nothing. */
export function reduce(state: SessionState, event: SessionEvent): SessionState {
  const { epoch, session, login } = state;
  switch (event.type) {
    case 'login':
      return event.login < login ? state : signedIn(event.session, event.login, event.epoch);
    case 'refresh': {
      if (event.epoch !== epoch || !session) return state;
      const { expiry, refreshAt, token } = event.session;
      return signedIn({ ...session, expiry, refreshAt, token: token || session.token }, login, epoch);
    }
    case 'end':
      if (event.epoch !== epoch || !session) return state;
      return signedOut(login, event.reason);
    case 'stored':
      if (!event.session) return session ? signedOut(login, event.reason ?? 'logged-out') : state;
      return signedIn(event.session, login, isSameSession(event.session, session) ? epoch : undefined);
  }
}

function signedIn(session: Session, login: number, epoch = createEpoch(session.token)): SessionState {
  const { expiry, user } = session;
  return { epoch, session, snapshot: { status: 'signed-in', expiry, user }, login };
}

/** Returns the state in which nobody is signed in. Without a reason, nobody ever was. */
export function signedOut(login: number, reason?: SignedOutReason): SessionState {
  return { epoch: createEpoch(null), session: null, snapshot: { status: 'signed-out', reason }, login };
}
