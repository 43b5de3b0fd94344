import type { Quota } from '../rate.ts';

/** How much of a quota is left. */
export interface Count {
  readonly isExceeded: boolean;
  readonly remaining: number;
  /** Milliseconds until the window ends. */
  readonly resetMs: number;
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
  /** Gives one call back, if the window in which it was taken still runs. */
  giveBack(key: string): Promise<void>;
}
