import { DurinError } from '../errors.ts';
import type { CallOrigin, EventSink } from '../events.ts';
import type { Quota } from '../rate.ts';
import type { Count, RateCounter } from './rate-counter.ts';

/** A limit as a caller met it, for the response's headers. */
export interface LimitState {
  /** The limit's name: `client`, `login`, or an app's own. */
  readonly scope: string;
  readonly quota: Quota;
  readonly remaining: number;
  /** Seconds until the window ends, rounded up. */
  readonly resetSeconds: number;
}

/** Who is counted, as the `throttled` event tells it. */
export interface ThrottledCaller extends CallOrigin {
  readonly userId: unknown;
  readonly client: string | null;
}

export interface Throttle {
  /**
   * Counts one call.
   * @throws DurinError THROTTLED, with `retryAfter` and `scope`, once the quota is used up
   */
  enforce(
    scope: string,
    key: string,
    quota: Quota,
    caller: ThrottledCaller,
    note: (state: LimitState) => void,
  ): Promise<void>;
  refuse(state: LimitState, caller: ThrottledCaller): DurinError;
}

export function createThrottle(counter: RateCounter, events: EventSink): Throttle {
  function refuse({ scope, resetSeconds }: LimitState, caller: ThrottledCaller): DurinError {
    const { userId, client, ipAddress, userAgent } = caller;
    events.emit('throttled', { scope, userId, client, ipAddress, userAgent, retryAfter: resetSeconds });
    return new DurinError('THROTTLED', { retryAfter: resetSeconds, scope });
  }

  return {
    async enforce(scope, key, quota, caller, note) {
      const count = await counter.spend(`${scope}:${key}`, quota);
      const state = toLimitState(scope, quota, count);
      note(state);
      if (count.isExceeded) throw refuse(state, caller);
    },
    refuse,
  };
}

export function toLimitState(scope: string, quota: Quota, count: Count): LimitState {
  return { scope, quota, remaining: count.remaining, resetSeconds: Math.max(1, Math.ceil(count.resetMs / 1000)) };
}
