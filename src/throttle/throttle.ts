import { DurinError } from '../errors.ts';
import type { CallOrigin, EventSink } from '../events.ts';
import { networkOf } from '../request/network.ts';
import type { SessionRecord } from '../session.ts';
import type { Quota } from '../values/rate.ts';
import type { Count, RateCounters } from './rate-counter.ts';

/** A quota with the name under which callers see it. */
export interface Limit {
  /** `client`, `login`, or an app's own. */
  readonly scope: string;
  readonly quota: Quota;
}

/** A limit after a call was counted, for the response's headers. */
export interface LimitState extends Limit {
  readonly remaining: number;
  /** Seconds until the window ends, rounded up. */
  readonly resetSeconds: number;
}

export interface Caller {
  /** Null if the caller is not signed in. */
  readonly session: Pick<SessionRecord, 'userId' | 'client'> | null;
  readonly origin: CallOrigin;
}

export interface Throttle {
  /**
   * Counts a call: per user and client, or per address if the caller is not signed in.
   * @param onLimit receives the limit's state, whether or not the call is refused
   * @throws DurinError THROTTLED, with `retryAfter` and `scope`, once the quota is used up
   */
  enforce(limit: Limit, caller: Caller, onLimit: (state: LimitState) => void): Promise<void>;
  /** Emits `throttled` and returns the error to throw. */
  refuse(state: LimitState, caller: Caller): DurinError;
}

export function createThrottle(counters: Pick<RateCounters, 'sessions' | 'anonymous'>, events: EventSink): Throttle {
  function count({ scope, quota }: Limit, { session, origin }: Caller): Promise<Count> {
    if (session === null) return counters.anonymous.consume(`${scope}:address:${addressKey(origin)}`, quota);
    return counters.sessions.consume(`${scope}:user:${session.client.id}:${String(session.userId)}`, quota);
  }

  function refuse({ scope, resetSeconds }: LimitState, { session, origin }: Caller): DurinError {
    const { ipAddress, userAgent } = origin;
    const userId = session?.userId ?? null;
    const client = session?.client.name ?? null;
    events.emit('throttled', { scope, userId, client, ipAddress, userAgent, retryAfter: resetSeconds });
    return new DurinError('THROTTLED', { retryAfter: resetSeconds, scope });
  }

  return {
    async enforce(limit, caller, onLimit) {
      const counted = await count(limit, caller);
      const state = toLimitState(limit, counted);
      onLimit(state);
      if (counted.isExceeded) throw refuse(state, caller);
    },
    refuse,
  };
}

export function toLimitState({ scope, quota }: Limit, count: Count): LimitState {
  return { scope, quota, remaining: count.remaining, resetSeconds: Math.max(1, Math.ceil(count.resetMs / 1000)) };
}

/** The part of a key that stands for the caller's address. */
export function addressKey({ ipAddress }: CallOrigin): string {
  return ipAddress === null ? 'unknown' : networkOf(ipAddress);
}
