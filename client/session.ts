/**
 * What the SDK knows, and how that changes: from plain values to plain values. Each change gives the same object where
 * it comes too late to matter.
 */

/** Why nobody is signed in. `logged-out`: by this or another tab; `revoked`: the token is not, or no more, a valid one. */
export type SignedOutReason = 'logged-out' | 'expired' | 'revoked';

/** Who is signed in, as an app sees it; the same object until that changes. */
export type Snapshot<TUser extends object = { readonly user?: unknown }, TExpiry = unknown> =
  | ({ readonly status: 'signed-in'; readonly expiry: TExpiry } & Readonly<TUser>)
  | { readonly status: 'signed-out'; readonly reason?: SignedOutReason };

/**
 * The time in which the same session, or none, is there: gives its token. A call is made in one, and is sent with its
 * token even if another has begun by then. A login begins a new one also where it gives the same token; a refresh does
 * not. It is a function so that a logger which prints a call does not print the token.
 */
export type Era = () => string | null;

export interface SessionState {
  readonly era: Era;
  readonly snapshot: Snapshot;
  /** In milliseconds since 1970, on this machine's clock; `null`: never. */
  readonly refreshAt: number | null;
  /** The number of the latest login that counted; logins are numbered as they are called. */
  readonly login: number;
}

/** What is stored, or was just given by a login. What the app's server made of expiry and user is kept as it came. */
export interface Session {
  readonly token: string;
  readonly refreshAt: number | null;
  readonly expiry: unknown;
  readonly user?: unknown;
}

export const initialState: SessionState = {
  era: () => null,
  snapshot: { status: 'signed-out' },
  refreshAt: null,
  login: 0,
};

/** What an event makes of a state. */
export type Change = (state: SessionState) => SessionState;

/** A login succeeded. It does not count after the success of one that was called later. */
export function signIn({ token, refreshAt, expiry, user }: Session, login: number): Change {
  const snapshot: Snapshot = { status: 'signed-in', expiry, ...(user !== undefined && { user }) };
  return (state) => (login < state.login ? state : { era: () => token, snapshot, refreshAt, login });
}

/** The session of this era has a new expiry. */
export function renew(era: Era, expiry: unknown, refreshAt: number | null): Change {
  return function renewSession(state) {
    const { snapshot } = state;
    if (era !== state.era || snapshot.status !== 'signed-in') return state;
    return { ...state, refreshAt, snapshot: { ...snapshot, expiry } };
  };
}

/** The session of this era is over. */
export function end(era: Era, reason: SignedOutReason): Change {
  return function endSession(state) {
    if (era !== state.era || !era()) return state;
    return { ...state, era: () => null, snapshot: { status: 'signed-out', reason }, refreshAt: null };
  };
}

/** The storage holds another session than this tab has put there, or none. */
export function adopt(session: Session | null): Change {
  return function adoptSession(state) {
    const { era, login } = state;
    if (session === null) return end(era, 'logged-out')(state);
    const adopted = signIn(session, login)(state);
    return session.token === era() ? { ...adopted, era } : adopted;
  };
}

/** What of it is stored; `null`: nothing. */
export function sessionOf({ era, refreshAt, snapshot }: SessionState): Session | null {
  const token = era();
  return token !== null && snapshot.status === 'signed-in' ? { ...snapshot, token, refreshAt } : null;
}
