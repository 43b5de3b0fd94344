/** Learns when a part of the cache, its store or its bus, cannot be used, and when it can again. */
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

/** A store that fails again within this time, in milliseconds, has not recovered: it is the same outage. */
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
      if (isStopped) return;
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

const maxReasonLength = 200;

/** What a client threw may wrap what the server said, and may quote a URL with a password. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.cause instanceof Error) return reasonOf(error.cause);
  const code = 'code' in error ? String(error.code) : '';
  const [line = ''] = (error.message || code || error.name).split('\n', 1); // an AggregateError has no message
  return line.replaceAll(/\/\/[^\s/@]*@/g, '//').slice(0, maxReasonLength);
}
