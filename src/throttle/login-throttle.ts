import { createHash } from 'node:crypto';
import type { CallOrigin } from '../events.ts';
import type { Quota } from '../values/rate.ts';
import { createAttemptQueue } from './attempt-queue.ts';
import type { Count, RateCounter } from './rate-counter.ts';
import { addressKey, type LimitState, type Throttle, toLimitState } from './throttle.ts';

/** The limits on failed logins; null: no limit. */
export interface LoginQuotas {
  /** Per user name and address, so that an attacker cannot lock a user out from elsewhere. */
  readonly perUser: Quota | null;
  readonly perAddress: Quota | null;
}

export interface LoginAttempt {
  /** The user name that the caller sent, or null if there is none: then only the address is counted. */
  readonly userName: string | null;
  readonly origin: CallOrigin;
  /** Receives the state of each limit that the attempt was counted against. */
  readonly onLimit: (state: LimitState) => void;
}

/**
 * Bounds the login attempts that can fail. An attempt reserves a slot before its password is verified: otherwise a batch
 * of a thousand guesses would pass before the first has failed. An attempt that does not fail releases its slot. A caller
 * that finds every slot taken waits for a running attempt, and is refused if there is none, so any number of concurrent
 * logins with the right password succeed.
 */
export interface LoginThrottle {
  /** @throws DurinError THROTTLED */
  run<T>(attempt: LoginAttempt, verify: () => Promise<T>, hasFailed: (result: T) => boolean): Promise<T>;
}

/** What a quota counts. */
interface Bucket {
  readonly key: string;
  readonly quota: Quota;
}

interface Slot extends Bucket {
  readonly count: Count;
}

const scope = 'login';

export function createLoginThrottle(counter: RateCounter, throttle: Throttle, quotas: LoginQuotas): LoginThrottle {
  const queue = createAttemptQueue(counter);

  async function reserve({ key, quota }: Bucket, { origin, onLimit }: LoginAttempt): Promise<Slot> {
    const count = await queue.enter(key, quota);
    if (!count.isExceeded) return { key, quota, count };
    const state = toLimitState({ scope, quota }, count);
    onLimit(state);
    throw throttle.refuse(state, { session: null, origin });
  }

  return {
    async run(attempt, verify, hasFailed) {
      const slots: Slot[] = [];
      let isFailure = false;
      try {
        for (const bucket of bucketsOf(attempt, quotas)) slots.push(await reserve(bucket, attempt));
        const result = await verify();
        isFailure = hasFailed(result);
        return result;
      } finally {
        for (const { key, quota, count } of slots) {
          if (!isFailure) await counter.release(key, count.endsAt);
          queue.leave(key);
          const state = toLimitState({ scope, quota }, count);
          attempt.onLimit(isFailure ? state : { ...state, remaining: state.remaining + 1 });
        }
      }
    },
  };
}

/** The address comes first: an address over its limit creates no key for the user names that it makes up. */
function bucketsOf({ userName, origin }: LoginAttempt, quotas: LoginQuotas): Bucket[] {
  const address = addressKey(origin);
  const buckets: Bucket[] = [];
  if (quotas.perAddress && origin.ipAddress !== null) {
    buckets.push({ key: `login:address:${address}`, quota: quotas.perAddress });
  }
  if (quotas.perUser && userName !== null) {
    buckets.push({ key: `login:user:${digest(userName)}:${address}`, quota: quotas.perUser });
  }
  return buckets;
}

/** Gives every user name the same length. */
function digest(userName: string): string {
  return createHash('sha256').update(userName).digest('base64url');
}
