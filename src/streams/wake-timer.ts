/** The longest delay of a timer, in milliseconds. */
const maxDelayMs = 2 ** 31 - 1;

/** One timer, for whatever is due first. It keeps no process alive. */
export interface WakeTimer {
  /** Wakes in this many milliseconds, unless it wakes earlier anyway. */
  wakeIn(delayMs: number): void;
  stop(): void;
}

export function createWakeTimer(wake: () => void): WakeTimer {
  let timer: NodeJS.Timeout | null = null;
  let wakesAt = Infinity;

  function stop(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    wakesAt = Infinity;
  }

  return {
    wakeIn(delayMs) {
      const at = performance.now() + delayMs;
      if (at >= wakesAt) return;
      stop();
      wakesAt = at;
      timer = setTimeout(
        () => {
          stop();
          wake();
        },
        Math.min(Math.max(delayMs, 0), maxDelayMs),
      ).unref();
    },
    stop,
  };
}
