import { DurinError } from '../errors.ts';
import type { EventSink } from '../events.ts';
import type { CallerOrigin } from '../request/call-origin.ts';
import { networkOf, siteOf } from '../request/network.ts';
import type { SessionRecord } from '../session.ts';
import type { Quota } from '../values/rate.ts';
import type { Count, RateCounters } from './rate-counter.ts';

/** A quota with the name under which callers see it. */
export interface Limit {
  /** `client`, `key`, `login`, `auth`, or an app's own. */
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
  readonly session: Pick<SessionRecord, 'id' | 'userId' | 'client'> | null;
  readonly origin: CallerOrigin;
}

type SignedInCaller = Caller & { readonly session: NonNullable<Caller['session']> };

export interface Throttle {
  /**
   * Counts a call: per user and client, or per address if the caller is not signed in.
   * @param onLimit receives the limit's state, whether or not the call is refused
   * @throws DurinError THROTTLED, with `retryAfter` and `scope`, once the quota is used up
   */
  enforce(limit: Limit, caller: Caller, onLimit: (state: LimitState) => void): Promise<void>;
  /** The same, but counts per session. */
  enforcePerSession(limit: Limit, caller: SignedInCaller, onLimit: (state: LimitState) => void): Promise<void>;
  /**
   * Refuses a caller that has reset its connection: no limit per address could count it, and it cannot receive an answer.
   * @throws DurinError THROTTLED
   */
  requireAddress(scope: string, origin: CallerOrigin): void;
  /** Emits `throttled` and returns the error to throw. */
  refuse(state: Pick<LimitState, 'scope' | 'resetSeconds'>, caller: Caller): DurinError;
}

export interface ThrottleDeps {
  readonly counters: Pick<RateCounters, 'sessions' | 'anonymous'>;
  readonly events: EventSink;
  /** Called where a limit per address would apply. */
  readonly warnOfUnknownAddress: (origin: CallerOrigin) => void;
}

export function createThrottle({ counters, events, warnOfUnknownAddress }: ThrottleDeps): Throttle {
  async function enforceKey(
    counting: Promise<Count>,
    limit: Limit,
    caller: Caller,
    onLimit: (state: LimitState) => void,
  ): Promise<void> {
    const counted = await counting;
    const state = toLimitState(limit, counted);
    onLimit(state);
    if (counted.isExceeded) throw refuse(state, caller);
  }

  function requireAddress(scope: string, origin: CallerOrigin): void {
    if (origin.connection === 'lost') throw refuse({ scope, resetSeconds: 1 }, { session: null, origin });
    warnOfUnknownAddress(origin);
  }

  function refuse({ scope, resetSeconds }: Pick<LimitState, 'scope' | 'resetSeconds'>, caller: Caller): DurinError {
    const { ipAddress, userAgent } = caller.origin;
    const userId = caller.session?.userId ?? null;
    const client = caller.session?.client.name ?? null;
    events.emit('throttled', { scope, userId, client, ipAddress, userAgent, retryAfter: resetSeconds });
    return new DurinError('THROTTLED', { retryAfter: resetSeconds, scope });
  }

  return {
    async enforce(limit, caller, onLimit) {
      const { scope, quota } = limit;
      if (caller.session !== null) {
        const { userId, client } = caller.session;
        const counting = counters.sessions.consume(`${scope}:user:${client.id}:${String(userId)}`, quota);
        return enforceKey(counting, limit, caller, onLimit);
      }
      requireAddress(scope, caller.origin);
      const { ipAddress } = caller.origin;
      const network = ipAddress === null ? 'unknown' : networkOf(ipAddress);
      await enforceKey(counters.anonymous.consume(`${scope}:address:${network}`, quota), limit, caller, onLimit);
      const site = ipAddress === null ? network : siteOf(ipAddress);
      if (site === network) return;
      const wide = { scope, quota: siteQuota(quota) };
      await enforceKey(counters.anonymous.consume(`${scope}:address:${site}`, wide.quota), wide, caller, onLimit);
    },
    enforcePerSession(limit, caller, onLimit) {
      const counting = counters.sessions.consume(`${limit.scope}:session:${caller.session.id}`, limit.quota);
      return enforceKey(counting, limit, caller, onLimit);
    },
    requireAddress,
    refuse,
  };
}

export function toLimitState({ scope, quota }: Limit, count: Count): LimitState {
  return { scope, quota, remaining: count.remaining, resetSeconds: Math.max(1, Math.ceil(count.resetMs / 1000)) };
}

/** A /48 may have ten times what one of its 65,536 networks of /64 may have. */
export function siteQuota({ limit, windowSeconds }: Quota): Quota {
  return { limit: 10 * limit, windowSeconds };
}
