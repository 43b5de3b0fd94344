import { createHash } from 'node:crypto';
import type { CallOrigin } from '../events.ts';
import type { Quota } from '../rate.ts';
import type { RateCounter } from './rate-counter.ts';
import { type LimitState, type Throttle, toLimitState } from './throttle.ts';

/** The limits on failed logins; `null`: none. */
export interface LoginQuotas {
  /** Per user name and address, so that nobody locks another out from elsewhere. */
  readonly perUser: Quota | null;
  readonly perAddress: Quota | null;
}

export interface LoginAttempt {
  /** What the caller says who it is; `null`: not known, then only the address is counted. */
  readonly userName: string | null;
  readonly origin: CallOrigin;
  readonly note: (state: LimitState) => void;
}

/**
 * Runs login attempts so that no more than a quota of them can fail. An attempt takes its place before the password is
 * looked at, or a batch of a thousand guesses would all be let in before the first has failed; one that did not fail
 * gives its place back. Who finds all places taken waits for an attempt that is under way, and is refused when there is
 * none: so any number of right passwords at once get in.
 */
export interface LoginThrottle {
  /** @throws DurinError THROTTLED */
  run<T>(attempt: LoginAttempt, verify: () => Promise<T>, hasFailed: (result: T) => boolean): Promise<T>;
}

interface Place {
  readonly key: string;
  readonly quota: Quota;
}

const scope = 'login';

export function createLoginThrottle(counter: RateCounter, throttle: Throttle, quotas: LoginQuotas): LoginThrottle {
  /** By key: a promise for each attempt that holds a place, resolved when the attempt is settled. */
  const underWay = new Map<string, Set<Promise<void>>>();

  async function take({ key, quota }: Place, attempt: LoginAttempt, settled: Promise<void>): Promise<LimitState> {
    for (;;) {
      const count = await counter.take(key, quota);
      const state = toLimitState(scope, quota, count);
      const others = underWay.get(key);
      if (!count.isExceeded) {
        underWay.set(key, (others ?? new Set()).add(settled));
        return state;
      }
      if (others === undefined) {
        attempt.note(state);
        throw throttle.refuse(state, { userId: null, client: null, ...attempt.origin });
      }
      await Promise.race(others);
    }
  }

  function leave({ key }: Place, settled: Promise<void>): void {
    const others = underWay.get(key);
    others?.delete(settled);
    if (others?.size === 0) underWay.delete(key);
  }

  return {
    async run(attempt, verify, hasFailed) {
      const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
      const taken: (Place & { readonly state: LimitState })[] = [];
      let isFailure = false;
      try {
        for (const place of placesOf(attempt, quotas))
          taken.push({ ...place, state: await take(place, attempt, settled) });
        const result = await verify();
        isFailure = hasFailed(result);
        return result;
      } finally {
        for (const place of taken) {
          if (!isFailure) await counter.giveBack(place.key);
          leave(place, settled);
          attempt.note(isFailure ? place.state : { ...place.state, remaining: place.state.remaining + 1 });
        }
        settle();
      }
    },
  };
}

function placesOf({ userName, origin }: LoginAttempt, quotas: LoginQuotas): Place[] {
  const address = origin.ipAddress ?? 'unknown';
  const places: Place[] = [];
  if (quotas.perUser && userName !== null) {
    places.push({ key: `login:user:${digest(userName)}:${address}`, quota: quotas.perUser });
  }
  if (quotas.perAddress && origin.ipAddress !== null) {
    places.push({ key: `login:address:${address}`, quota: quotas.perAddress });
  }
  return places;
}

/** So that a key has one length, whatever was typed. */
function digest(userName: string): string {
  return createHash('sha256').update(userName).digest('base64url');
}
