import type { EventSink } from '../events.ts';
import type { PartStates } from '../health/part-states.ts';
import { createAddressWarning } from './address-warning.ts';
import { type CreateLimiter, createCounters } from './create-counters.ts';
import { createLoginThrottle, type LoginThrottleDeps } from './login-throttle.ts';
import type { RateLimitRedis } from './rate-limit-redis.ts';
import { createThrottle } from './throttle.ts';

export interface LimitsDeps {
  readonly settings: {
    readonly redis: RateLimitRedis | null;
    readonly limiter: CreateLimiter | null;
    readonly prefix: string | null;
    readonly loginQuotas: LoginThrottleDeps['quotas'];
    readonly loginQueue: LoginThrottleDeps['fairQueue'];
  };
  /** The database and the schema, whose limits these are. */
  readonly namespace: string;
  readonly events: EventSink;
  readonly partStates: PartStates;
  readonly onWarning: (message: string) => void;
  readonly isInTransaction: () => boolean;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** Creates the limits on calls and on logins, over the same counters. */
export function createLimits(deps: LimitsDeps) {
  const { settings, namespace, events, partStates, onWarning, isInTransaction, now } = deps;
  const { redis, limiter, prefix, loginQuotas, loginQueue } = settings;
  const counters = createCounters({
    redis,
    limiter,
    prefix: prefix ?? `durin:rate:${namespace}`,
    now,
    ...((redis !== null || limiter !== null) && { onOutage: partStates.watch('throttle') }),
  });
  const throttle = createThrottle({ counters, events, warnOfUnknownAddress: createAddressWarning(onWarning) });
  const loginThrottle = createLoginThrottle({
    counter: counters.logins,
    knownNetworks: counters.knownNetworks,
    throttle,
    quotas: loginQuotas,
    fairQueue: loginQueue,
    isInTransaction,
  });
  return { throttle, loginThrottle, check: counters.check, close: counters.close };
}
