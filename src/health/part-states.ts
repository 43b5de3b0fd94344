import type { CachePart, EventSink } from '../events.ts';
import type { OutageListener } from './outage-report.ts';

/** What durin depends on. */
export type PartName = 'database' | CachePart;

/** What is known about a part without asking it. */
export interface PartState {
  /** Why it cannot be used; `null`: it can. */
  readonly reason: string | null;
  /** Since when, in milliseconds since 1970. Without an outage so far: since the durin was created. */
  readonly since: number;
}

/** The states of the parts that the app uses. */
export interface PartStates {
  /** Starts to keep the state of a part. Its outages are events, and a line in the log each. */
  watch(part: PartName): OutageListener;
  /** `null`: the app does not use this part. */
  of(part: PartName): PartState | null;
}

export interface PartStatesDeps {
  readonly events: EventSink;
  readonly onWarning: (message: string) => void;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

const outageEffects: Readonly<Record<PartName, string>> = {
  database: 'calls are refused with STORE_UNAVAILABLE until the database works again',
  store: "the cache's store is not used until it works again",
  bus: "sessions are not kept in this process until the cache's bus works again",
  throttle: "calls are counted in this process alone until the throttle's store works again",
};

/** Outages are reported immediately, whatever the app's transaction does: an outage is a fact. */
export function createPartStates({ events, onWarning, now }: PartStatesDeps): PartStates {
  const states = new Map<PartName, PartState>();
  return {
    watch(part) {
      states.set(part, { reason: null, since: now() });
      return {
        unavailable(reason) {
          states.set(part, { reason, since: now() });
          onWarning(`trpc-durin: ${outageEffects[part]}: ${reason}`);
          if (part !== 'database') events.emit('cacheUnavailable', { part, reason });
        },
        recovered() {
          states.set(part, { reason: null, since: now() });
          if (part !== 'database') events.emit('cacheRecovered', { part });
        },
      };
    },
    of: (part) => states.get(part) ?? null,
  };
}
