import { reasonOf } from './reason-of.ts';

/** Learns when a part cannot be used, such as the cache's store, and when it can again. */
export interface OutageListener {
  /** @param reason a line for logs, such as `OOM command not allowed when used memory > 'maxmemory'.` */
  unavailable(reason: string): void;
  recovered(): void;
}

/** Reports each outage once, however many calls fail during it. */
export interface OutageReport {
  began(cause: unknown): void;
  ended(): void;
  /** Ends the timer, and reports nothing any more. */
  stop(): void;
}

/** A part that fails again within this time, in milliseconds, has not recovered: it is the same outage. */
const steadyMs = 1000;

export function createOutageReport(listener: OutageListener): OutageReport {
  let isOut = false;
  let isStopped = false;
  let steady: NodeJS.Timeout | null = null;

  function clearTimer(): void {
    if (steady !== null) clearTimeout(steady);
    steady = null;
  }

  return {
    began(cause) {
      clearTimer();
      if (isOut || isStopped) return;
      isOut = true;
      listener.unavailable(reasonOf(cause));
    },
    ended() {
      clearTimer();
      if (!isOut || isStopped) return;
      steady = setTimeout(() => {
        isOut = false;
        listener.recovered();
      }, steadyMs).unref();
    },
    stop() {
      isStopped = true;
      clearTimer();
    },
  };
}
