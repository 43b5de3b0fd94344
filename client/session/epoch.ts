/**
 * A span of time during which one session, or none, is current. Each call belongs to the epoch in which it was made and
 * is sent with that epoch's token, even if another epoch has begun by then. A login always begins a new epoch, also if
 * the server returns the same token again; a refresh does not, also if it brings another token of the same session.
 */
export interface Epoch {
  /** Returns the token, or `null` while nobody is signed in. It is a method so that no logger prints the token. */
  token: () => string | null;
  /** The signal of the last logout of this epoch's session, aborted when that is over. */
  logout?: AbortSignal;
  /** Pending while the session is refreshed. */
  refreshing?: Promise<unknown> | undefined;
  /** Open while the user is asked to confirm their identity. */
  question?: Question | undefined;
  /** The number of the last call that was made before the user last confirmed their identity. */
  provenAt?: number;
}

/** A question to the user, which calls wait for. */
export interface Question {
  /** Whether the user has confirmed their identity. */
  readonly answer: Promise<boolean>;
  /** The numbers of the calls that wait for the answer. */
  readonly calls: Set<number>;
  readonly end: () => void;
}

/** Whether a logout of this epoch's session is in progress. */
export function isEnding({ logout }: Epoch): boolean {
  return logout?.aborted === false;
}

export function createEpoch(token: string | null): Epoch {
  return { token: () => token };
}
