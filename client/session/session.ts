/** The state of the SDK, and how events change it: plain values in, plain values out. */
import { createEpoch, type Epoch } from './epoch.ts';

/** Why nobody is signed in. `logged-out`: in this tab or another one; `revoked`: the server does not accept the token. */
export type SignedOutReason = 'logged-out' | 'expired' | 'revoked';

/** Who is signed in, as the app sees it. It is the same object until the session changes. */
export type Snapshot<TUser extends object = { readonly user?: unknown }, TExpiry = unknown> =
  | ({ readonly status: 'signed-in'; readonly expiry: TExpiry } & Readonly<TUser>)
  | { readonly status: 'signed-out'; readonly reason?: SignedOutReason };

/** A session as it is stored. `expiry` and `user` are kept as the server sent them. */
export interface Session {
  readonly token: string;
  readonly expiry: unknown;
  readonly user?: unknown;
  /** When to refresh, in milliseconds since 1970 on this machine's clock; `null` means never. */
  readonly refreshAt: number | null;
}

export interface SessionState {
  readonly epoch: Epoch;
  readonly session: Session | null;
  readonly snapshot: Snapshot;
  /** The call number of the login that counts. Calls are numbered in the order in which they are made. */
  readonly login: number;
}

export const initialState: SessionState = {
  epoch: createEpoch(null),
  session: null,
  snapshot: { status: 'signed-out' },
  login: 0,
};

export type SessionEvent =
  /** A login succeeded, and its epoch begins. It does not count if a login that was called later has succeeded. */
  | { readonly type: 'login'; readonly epoch: Epoch; readonly session: Session; readonly login: number }
  /** The session of this epoch has a new expiry. */
  | { readonly type: 'refresh'; readonly epoch: Epoch; readonly session: Pick<Session, 'expiry' | 'refreshAt'> }
  /** The session of this epoch is over. */
  | { readonly type: 'end'; readonly epoch: Epoch; readonly reason: SignedOutReason }
  /** Another tab or program has stored this session, or has removed it. */
  | { readonly type: 'stored'; readonly session: Session | null };

/** Returns the state after an event, or the same object if the event changes nothing. */
export function reduce(state: SessionState, event: SessionEvent): SessionState {
  const { epoch, session, login } = state;
  switch (event.type) {
    case 'login':
      return event.login < login ? state : signedIn(event.session, event.login, event.epoch);
    case 'refresh':
      if (event.epoch !== epoch || !session) return state;
      return signedIn({ ...session, ...event.session }, login, epoch);
    case 'end':
      if (event.epoch !== epoch || !session) return state;
      return signedOut(event.reason, login);
    case 'stored':
      if (!event.session) return session ? signedOut('logged-out', login) : state;
      return signedIn(event.session, login, event.session.token === epoch.token() ? epoch : undefined);
  }
}

function signedIn(session: Session, login: number, epoch = createEpoch(session.token)): SessionState {
  const { expiry, user } = session;
  return { epoch, session, snapshot: { status: 'signed-in', expiry, ...(user !== undefined && { user }) }, login };
}

function signedOut(reason: SignedOutReason, login: number): SessionState {
  return { epoch: createEpoch(null), session: null, snapshot: { status: 'signed-out', reason }, login };
}
