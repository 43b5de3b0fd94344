import { createHash } from 'node:crypto';
import type { CallOrigin } from '../events.ts';
import type { Quota } from '../values/rate.ts';
import type { Count, RateCounter } from './rate-counter.ts';
import { addressKey, type LimitState, type Throttle, toLimitState } from './throttle.ts';

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

interface TakenPlace extends Place {
  readonly count: Count;
}

/** The attempts of one key: how many hold a place, and who waits for one. */
interface Queue {
  underWay: number;
  readonly waiting: (() => void)[];
}

const scope = 'login';

export function createLoginThrottle(counter: RateCounter, throttle: Throttle, quotas: LoginQuotas): LoginThrottle {
  const queues = new Map<string, Queue>();

  async function take({ key, quota }: Place, attempt: LoginAttempt): Promise<TakenPlace> {
    for (;;) {
      let mustWait = false;
      try {
        const count = await counter.take(key, quota);
        if (!count.isExceeded) {
          enter(key);
          return { key, quota, count };
        }
        mustWait = (queues.get(key)?.underWay ?? 0) > 0;
        if (!mustWait) {
          const state = toLimitState({ scope, quota }, count);
          attempt.note(state);
          throw throttle.refuse(state, { session: null, origin: attempt.origin });
        }
      } finally {
        if (!mustWait) wakeNext(key); // for whom there may be room as well, or no more hope either
      }
      await new Promise<void>((resolve) => queues.get(key)?.waiting.push(resolve));
    }
  }

  function enter(key: string): void {
    const queue = queues.get(key);
    if (queue === undefined) queues.set(key, { underWay: 1, waiting: [] });
    else queue.underWay += 1;
  }

  function leave(key: string): void {
    const queue = queues.get(key);
    if (queue !== undefined) queue.underWay -= 1;
    wakeNext(key);
  }

  /** One, not all: a thousand at once would be a thousand times a thousand tries. Each one wakes the next in turn. */
  function wakeNext(key: string): void {
    const queue = queues.get(key);
    queue?.waiting.shift()?.();
    if (queue?.underWay === 0 && queue.waiting.length === 0) queues.delete(key);
  }

  return {
    async run(attempt, verify, hasFailed) {
      const taken: TakenPlace[] = [];
      let isFailure = false;
      try {
        for (const place of placesOf(attempt, quotas)) taken.push(await take(place, attempt));
        const result = await verify();
        isFailure = hasFailed(result);
        return result;
      } finally {
        for (const { key, quota, count } of taken) {
          if (!isFailure) await counter.giveBack(key, count.endsAt);
          leave(key);
          const state = toLimitState({ scope, quota }, count);
          attempt.note(isFailure ? state : { ...state, remaining: state.remaining + 1 });
        }
      }
    },
  };
}

/** The address's comes first: one that is over its limit gets no key for each name that it makes up. */
function placesOf({ userName, origin }: LoginAttempt, quotas: LoginQuotas): Place[] {
  const address = addressKey(origin);
  const places: Place[] = [];
  if (quotas.perAddress && origin.ipAddress !== null) {
    places.push({ key: `login:address:${address}`, quota: quotas.perAddress });
  }
  if (quotas.perUser && userName !== null) {
    places.push({ key: `login:user:${digest(userName)}:${address}`, quota: quotas.perUser });
  }
  return places;
}

/** So that a key has one length, whatever was typed. */
function digest(userName: string): string {
  return createHash('sha256').update(userName).digest('base64url');
}
