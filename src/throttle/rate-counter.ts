import type { Quota } from '../values/rate.ts';

/** How much of a quota is left. */
export interface Count {
  readonly isExceeded: boolean;
  readonly remaining: number;
  /** Milliseconds until the window ends. */
  readonly resetMs: number;
  /** When the window ends, by the clock of who counts it. */
  readonly endsAt: number;
}

/**
 * Counts calls per key in fixed windows that start at a key's first call. A call over the quota is not counted, so
 * that what is given back is free again at once.
 */
export interface RateCounter {
  /** Counts a call that may be given back. */
  take(key: string, quota: Quota): Promise<Count>;
  /** Counts a call for good. Of a key whose calls are never given back: so a refusal stays true until the window ends. */
  spend(key: string, quota: Quota): Promise<Count>;
  /**
   * Gives one call back, if the window in which it was taken still runs.
   * @param endsAt as `take` told it
   */
  giveBack(key: string, endsAt: number): Promise<void>;
}

/** A counter for each kind of key, so that keys which anybody can make more of push out none of the others. */
export interface RateCounters {
  /** Users at clients. */
  readonly sessions: RateCounter;
  /** Addresses that call without being signed in. */
  readonly anonymous: RateCounter;
  /** Attempts to log in. */
  readonly logins: RateCounter;
}
