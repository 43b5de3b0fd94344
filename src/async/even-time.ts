import { clearTimeout, setTimeout } from 'node:timers'; // the platform's own, even while an app's tests fake the time

/** How many durations are remembered. */
const remembered = 32;
/** The longest duration that work is stretched to, in milliseconds. */
const maxMs = 1000;

/** The result of work, and when to pass it on. */
export interface EvenResult<T> {
  readonly result: T;
  /** Resolves at a time that does not depend on how long the work took, unless it took longer than all others. */
  readonly over: Promise<void>;
}

/** Runs work whose duration is hidden from its callers. */
export interface EvenTime {
  /** @param isHidden whether this result's duration is hidden; others are passed on immediately */
  run<T>(work: () => Promise<T>, isHidden: (result: T) => boolean): Promise<EvenResult<T>>;
}

/**
 * Stretches each run to the longest of the runs before it, but to no more than twice their median, so that an outage
 * does not slow down later runs. The timer starts with the work: a timer that started at its end would fire earlier
 * after shorter work.
 */
export function createEvenTime(): EvenTime {
  const durations: number[] = [];
  return {
    async run(work, isHidden) {
      const startedAt = performance.now();
      const { promise: over, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, Math.min(Math.ceil(stretched(durations)), maxMs));
      let isStretched = false;
      try {
        const result = await work();
        isStretched = isHidden(result);
        if (!isStretched) return { result, over: Promise.resolve() };
        durations.push(performance.now() - startedAt);
        if (durations.length > remembered) durations.shift();
        return { result, over };
      } finally {
        if (!isStretched) clearTimeout(timer);
      }
    },
  };
}

function stretched(durations: readonly number[]): number {
  const sorted = durations.toSorted((one, other) => one - other);
  const median = sorted[sorted.length >> 1] ?? 0;
  return Math.min(sorted.at(-1) ?? 0, 2 * median);
}
