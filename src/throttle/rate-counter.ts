import type { Quota } from '../values/rate.ts';
import type { KnownNetworks } from './known-networks.ts';

/** The state of a quota after a call was counted. */
export interface Count {
  /** If true, the call is over the quota and was not counted. */
  readonly isExceeded: boolean;
  /** Calls left in the window. */
  readonly remaining: number;
  /** Milliseconds until the window ends. */
  readonly resetMs: number;
  /** When the window ends, in milliseconds of this process's clock. */
  readonly endsAt: number;
}

/**
 * Counts calls per key in fixed windows. A window starts at the first call of its key. A call over the quota is not
 * counted, so a released call makes room immediately. If the quota of a key gets a shorter window, the window that runs is
 * shortened.
 */
export interface RateCounter {
  /** Counts a call for good. Calls of such a key are never released, so a refusal holds until the window ends. */
  consume(key: string, quota: Quota): Promise<Count>;
  /** Counts a call that may be released. */
  reserve(key: string, quota: Quota): Promise<Count>;
  /**
   * Releases a reserved call. Does nothing once the window of the reservation is over.
   * @param endsAt as `reserve` returned it
   */
  release(key: string, endsAt: number): Promise<void>;
}

/** One counter per kind of key: a flood of keys of one kind evicts no key of another. */
export interface RateCounters {
  /** Users at clients. */
  readonly sessions: RateCounter;
  /** Addresses of callers who are not signed in. */
  readonly anonymous: RateCounter;
  /** Login attempts. */
  readonly logins: RateCounter;
  /** Where users have signed in from. */
  readonly knownNetworks: KnownNetworks;
  /** Calls the store once, and rejects if it cannot be used. `null`: the counters use none. */
  readonly check: (() => Promise<void>) | null;
  /** Ends the timer that probes a failed store. The counters still work, in memory where the store fails. */
  close(): void;
}
