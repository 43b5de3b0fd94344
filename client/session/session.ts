/** What the SDK knows, and what it makes of what it hears: from plain values to plain values. */

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
export interface Era {
  (): string | null;
  /** A logout is under way: what ends the era now is that, and it is not refreshed any more. */
  isLeaving?: boolean;
}

/** A session as it is stored. What the app's server made of expiry and user is kept as it came. */
export interface Session {
  readonly token: string;
  readonly expiry: unknown;
  readonly user?: unknown;
  /** In milliseconds since 1970, on this machine's clock; `null`: never. */
  readonly refreshAt: number | null;
}

export interface SessionState {
  readonly era: Era;
  readonly session: Session | null;
  readonly snapshot: Snapshot;
  /** The number of the latest login that counted; logins are numbered as they are called. */
  readonly login: number;
}

export const initialState: SessionState = {
  era: () => null,
  session: null,
  snapshot: { status: 'signed-out' },
  login: 0,
};

export type Fact =
  /** A login succeeded. It does not count after the success of one that was called later. */
  | { readonly session: Session; readonly login: number }
  /** The session of this era has a new expiry, or is over. */
  | { readonly era: Era; readonly session: Pick<Session, 'expiry' | 'refreshAt'> }
  | { readonly era: Era; readonly session: null; readonly reason: SignedOutReason }
  /** The storage holds another session than this tab has put there, or none. */
  | { readonly session: Session | null; readonly reason: SignedOutReason };

/** What a fact may have. */
interface AnyFact {
  readonly session: Session | null;
  readonly reason: SignedOutReason;
  readonly era?: Era;
  readonly login?: number;
}

/** The state after a fact; the same object where it comes too late to matter. */
export function decide(state: SessionState, fact: Fact): SessionState {
  const { session: news, era, reason, login = state.login } = fact as AnyFact;
  const isLate = (era && era !== state.era) || login < state.login;
  if (isLate || (!state.session && (era || !news))) return state;
  if (!news) return { era: () => null, session: null, snapshot: { status: 'signed-out', reason }, login };

  const session = era ? { ...state.session, ...news } : news;
  const { token, expiry, user } = session;
  return {
    era: token === state.era() && login === state.login ? state.era : () => token,
    session,
    snapshot: { status: 'signed-in', expiry, ...(user !== undefined && { user }) },
    login,
  };
}
