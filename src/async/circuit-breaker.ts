/**
 * Keeps calls away from a service that failed, until a probe shows that it works again. The pattern is Michael Nygard's
 * (Release It!, 2007).
 */
export interface CircuitBreaker {
  /** Whether calls may go through. */
  readonly isClosed: boolean;
  /** Records a failure. Calls stay away until a probe that started after the last failure has succeeded. */
  open(cause?: unknown): void;
  /**
   * Probes without waiting for the cooldown.
   * @returns whether the circuit is closed now
   */
  probeNow(): Promise<boolean>;
  /** Ends the timer. Nothing probes by itself any more. */
  stop(): void;
}

export interface CircuitBreakerOptions {
  /** Milliseconds between a failure and the next probe. */
  readonly cooldownMs: number;
  /** Calls the service once. Rejects while it does not work. */
  readonly probe: () => Promise<unknown>;
  /** Runs each time the closed circuit opens, with the failure. */
  readonly onOpened?: (cause: unknown) => void;
  /** Runs each time the circuit has closed again. */
  readonly onClosed?: () => void;
}

export function createCircuitBreaker({ cooldownMs, probe, onOpened, onClosed }: CircuitBreakerOptions): CircuitBreaker {
  let failures = 0;
  let isClosed = true;
  let isStopped = false;
  let timer: NodeJS.Timeout | null = null;

  function open(cause?: unknown): void {
    const wasClosed = isClosed;
    isClosed = false;
    failures += 1;
    if (wasClosed) onOpened?.(cause);
    if (!isStopped) timer ??= setTimeout(() => void probeNow(), cooldownMs).unref();
  }

  async function probeNow(): Promise<boolean> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const failuresBefore = failures;
    try {
      await probe();
    } catch (error) {
      open(error);
      return false;
    }
    if (failures !== failuresBefore) return false; // a call failed meanwhile, and has started the next cooldown
    isClosed = true;
    onClosed?.();
    return true;
  }

  return {
    get isClosed() {
      return isClosed;
    },
    open,
    probeNow,
    stop() {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
