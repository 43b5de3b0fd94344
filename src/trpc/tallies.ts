import type { CountableCall } from '../records/call-counts.ts';
import type { Call } from './base-procedure.ts';

/** What is counted once for a call, or for a request to a route, however many guards judge it. */
export interface Tally extends CountableCall {
  /** The id of the session for which the rates of its client and of its key are counted; `null`: none. */
  ratedSession: string | null;
}

export function createTally(): Tally {
  return { ratedSession: null, counted: null };
}

/**
 * What tRPC passes to all guards of a call, and to no other call: not even to one that the procedure makes in its context. A
 * middleware that replaces it makes another call of it.
 */
type CallKey = Call['getRawInput'];

/**
 * The tallies of a request's calls: each from the moment that its first guard lets it in until that guard has the result. A
 * single one takes no Map.
 */
export class Tallies {
  #key: CallKey | null = null;
  #tally: Tally | null = null;
  #others: Map<CallKey, Tally> | null = null;

  find(key: CallKey): Tally | null {
    return this.#key === key ? this.#tally : (this.#others?.get(key) ?? null);
  }

  open(key: CallKey): Tally {
    const tally = createTally();
    if (this.#key === null) {
      this.#key = key;
      this.#tally = tally;
    } else {
      this.#others ??= new Map();
      this.#others.set(key, tally);
    }
    return tally;
  }

  close(key: CallKey): void {
    if (this.#key === key) this.#key = this.#tally = null;
    else this.#others?.delete(key);
  }
}
