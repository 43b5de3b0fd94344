import type { CallerOrigin } from '../request/call-origin.ts';
import { networkOf, siteOf } from '../request/network.ts';
import { createAttemptQueue } from './attempt-queue.ts';
import { digest } from './digest.ts';
import { createFairQueue, type FairQueueOptions } from './fair-queue.ts';
import type { KnownNetworks } from './known-networks.ts';
import {
  type Bucket,
  bucketsOf,
  clientlessBucketsOf,
  digestsOf,
  type LoginQuotas,
  type LoginVerdict,
} from './login-buckets.ts';
import type { Count, RateCounter } from './rate-counter.ts';
import { type LimitState, type Throttle, toLimitState } from './throttle.ts';

export interface LoginAttempt {
  /** The user names that the caller sent, as they are counted. Empty: only the address is counted. */
  readonly userNames: readonly string[];
  /**
   * The one name that the caller sent, exactly as it was typed; `null`: none, or more than one. Known networks belong to it:
   * names that only count as one may be different users, and one of them must not make a network known for another.
   */
  readonly typedName: string | null;
  readonly origin: CallerOrigin;
  /** Whether it names a client. Otherwise it is refused without a look at its credentials. */
  readonly hasClient: boolean;
  /** Receives the state of each limit that the attempt was counted against. */
  readonly onLimit: (state: LimitState) => void;
}

/**
 * Bounds logins: how many fail, how many succeed, and how many are verified at once, because a password costs milliseconds
 * of a core and megabytes. An attempt reserves a slot of each limit before its password is verified: otherwise a batch of
 * a thousand guesses would pass before the first has failed. Afterwards it releases the slots of limits that do not count
 * how it ended. A caller that finds every slot taken waits for a running attempt, and is refused if there is none.
 */
export interface LoginThrottle {
  /** @throws DurinError THROTTLED */
  run<T>(attempt: LoginAttempt, verify: () => Promise<T>, judge: (result: T) => LoginVerdict): Promise<T>;
}

export interface LoginThrottleDeps {
  readonly counter: RateCounter;
  readonly knownNetworks: KnownNetworks;
  readonly throttle: Throttle;
  readonly quotas: LoginQuotas;
  /** `null`: no bound on what is verified at once. */
  readonly fairQueue: FairQueueOptions | null;
  /** A transaction holds a connection of the pool, which bounds logins inside of transactions. */
  readonly isInTransaction: () => boolean;
}

interface Slot extends Bucket {
  readonly count: Count;
}

const scope = 'login';

export function createLoginThrottle(deps: LoginThrottleDeps): LoginThrottle {
  const { counter, knownNetworks, throttle, quotas, isInTransaction } = deps;
  const queue = createAttemptQueue(counter);
  const fairQueue = deps.fairQueue && createFairQueue(deps.fairQueue);

  async function reserve(bucket: Bucket, { origin, onLimit }: LoginAttempt): Promise<Slot> {
    const count = await queue.enter(bucket.key, bucket.quota);
    if (!count.isExceeded) return { ...bucket, count };
    const state = toLimitState({ scope, quota: bucket.quota }, count);
    onLimit(state);
    throw throttle.refuse(state, { session: null, origin });
  }

  async function bucketsFor(attempt: LoginAttempt): Promise<Bucket[]> {
    const { origin, hasClient, typedName, userNames } = attempt;
    if (!hasClient) return clientlessBucketsOf(origin, quotas);
    const { ipAddress } = origin;
    const canBeKnown = ipAddress !== null && typedName !== null && quotas.perAccount !== null;
    const isKnown = canBeKnown && (await knownNetworks.has(digest(typedName), networkOf(ipAddress)));
    return bucketsOf({ names: digestsOf(userNames), origin, isKnown: () => isKnown }, quotas);
  }

  async function remember({ origin: { ipAddress }, typedName }: LoginAttempt): Promise<void> {
    if (ipAddress === null || typedName === null || quotas.perAccount === null) return;
    await knownNetworks.remember(digest(typedName), networkOf(ipAddress));
  }

  async function settle({ key, quota, counts, count }: Slot, verdict: LoginVerdict | null, attempt: LoginAttempt) {
    const isCounted = verdict !== null && counts.includes(verdict);
    if (!isCounted) await counter.release(key, count.endsAt);
    queue.leave(key);
    const state = toLimitState({ scope, quota }, count);
    attempt.onLimit(isCounted ? state : { ...state, remaining: state.remaining + 1 });
  }

  async function runCounted<T>(
    attempt: LoginAttempt,
    verify: () => Promise<T>,
    judge: (result: T) => LoginVerdict,
  ): Promise<T> {
    const slots: Slot[] = [];
    let verdict: LoginVerdict | null = null;
    try {
      for (const bucket of await bucketsFor(attempt)) slots.push(await reserve(bucket, attempt));
      const result = await verify();
      verdict = judge(result);
      if (verdict === 'accepted') await remember(attempt);
      return result;
    } finally {
      await Promise.all(slots.map((slot) => settle(slot, verdict, attempt)));
    }
  }

  return {
    async run(attempt, verify, judge) {
      const caller = { session: null, origin: attempt.origin };
      throttle.requireAddress(scope, attempt.origin);
      if (fairQueue === null || !attempt.hasClient || isInTransaction()) return runCounted(attempt, verify, judge);
      if (!(await fairQueue.enter(lineOf(attempt)))) throw throttle.refuse({ scope, resetSeconds: 1 }, caller);
      try {
        return await runCounted(attempt, verify, judge);
      } finally {
        fairQueue.leave();
      }
    },
  };
}

/** The line in which an attempt waits: that of its site, or of its user name where the address is unknown. */
function lineOf({ origin: { ipAddress }, userNames }: LoginAttempt): string {
  return ipAddress === null ? `name:${userNames[0] ?? ''}` : siteOf(ipAddress);
}
