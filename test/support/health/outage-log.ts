import type { OutageListener } from '../../../src/health/outage-report.ts';

/** The outages of one process's store, as it reports them. */
export function createOutageLog() {
  let began = 0;
  let isOut = false;
  const listener: OutageListener = {
    unavailable() {
      began += 1;
      isOut = true;
    },
    recovered() {
      isOut = false;
    },
  };
  return {
    ...listener,
    count: () => began,
    /**
     * Returns whether the outage of now goes on. A change that this process could not write in it may be seen late until it
     * ends, and no longer: that is the bound which operations.md announces.
     */
    untilItEnds() {
      const [outage, wasOut] = [began, isOut];
      return () => wasOut && isOut && began === outage;
    },
  };
}
