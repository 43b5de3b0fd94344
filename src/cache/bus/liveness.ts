export interface LivenessOptions {
  /** A monotonic clock, in milliseconds. */
  readonly now: () => number;
  /** After this long without an echo, messages may have been lost. */
  readonly silenceMs: number;
  /** After this long without a tick, this process was stopped or busy, and messages may wait unread. */
  readonly stallMs: number;
  /** For so many ticks after a loss, the first attempts to reconnect, messages count as unread. */
  readonly ticksOfHold: number;
  /** Called when messages may have been lost, and when the first echo of a connection arrives. */
  readonly onPossibleLoss: () => void;
}

/**
 * Whether a connection carries messages now. An open connection to a frozen server looks healthy, so the bus sends itself
 * heartbeats, and only their echoes prove that messages arrive. They arrive in order: an echo proves that everything from
 * before its heartbeat was received.
 *
 * A process that was stopped has not read what arrived meanwhile, and may serve a request first. Nothing is lost then, but
 * until a heartbeat from after the stop has come back, the process does not know what it missed.
 *
 * What happens while a connection is lost is not known either, until the next one has its first echo. A caller
 * that waits for it waits for a limited time: the server may be away for long.
 */
export interface Liveness {
  isConnected(): boolean;
  /** While messages may wait unread: resolves when they are read, or the wait is given up. Otherwise `null`. */
  whenTrusted(): Promise<void> | null;
  /** Called when a connection opened, and when it was lost. */
  opened(): void;
  lost(): void;
  /** Called when there will be no connection any more. */
  closed(): void;
  /** Called regularly. Returns whether the process has stalled, so that a heartbeat is due at once. */
  tick(): boolean;
  /** Whether no heartbeat was sent yet whose echo would prove that everything was received. */
  needsHeartbeat(): boolean;
  /** Returns the number of the next heartbeat. */
  nextHeartbeat(): number;
  echoed(heartbeat: number): void;
}

export function createLiveness(options: LivenessOptions): Liveness {
  const { now, silenceMs, stallMs, ticksOfHold, onPossibleLoss } = options;
  /** When the last echo arrived; `null`: not connected, or silent. */
  let echoedAt: number | null = null;
  let isOpen = false;
  /** Whether the connection has had an echo. */
  let isProven = false;
  /** For how many more ticks without a connection messages count as unread. */
  let holdTicks = 0;
  let tickedAt = now();
  let lastHeartbeat = 0;
  let lastEcho = 0;
  /** The first heartbeat whose echo proves that everything was received. */
  let proof = 1;
  let trusted: PromiseWithResolvers<void> | null = null;

  function doubt(): void {
    proof = lastHeartbeat + 1;
  }

  function distrust(): void {
    if (echoedAt === null) return;
    echoedAt = null;
    onPossibleLoss();
  }

  function settle(): void {
    trusted?.resolve();
    trusted = null;
  }

  function isConnected(): boolean {
    if (echoedAt !== null && now() - echoedAt > silenceMs) distrust();
    if (isStalled()) doubt();
    return echoedAt !== null && lastEcho >= proof;
  }

  function isStalled(): boolean {
    return now() - tickedAt > stallMs;
  }

  function lose(ticks: number): void {
    isOpen = false;
    isProven = false;
    holdTicks = ticks;
    distrust();
    if (holdTicks === 0) settle();
  }

  return {
    isConnected,
    whenTrusted() {
      if (isConnected() || (!isOpen && holdTicks === 0)) return null;
      trusted ??= Promise.withResolvers();
      return trusted.promise;
    },
    opened() {
      isOpen = true;
      doubt();
    },
    lost: () => lose(isProven ? ticksOfHold : holdTicks), // a connection without an echo prolongs nothing
    closed: () => lose(0),
    tick() {
      const hasStalled = isStalled();
      if (hasStalled) doubt();
      tickedAt = now();
      if (!isOpen && holdTicks > 0) {
        holdTicks -= 1;
        if (holdTicks === 0) settle();
      }
      return hasStalled;
    },
    needsHeartbeat: () => isOpen && lastHeartbeat < proof && !isStalled(),
    nextHeartbeat() {
      lastHeartbeat += 1;
      return lastHeartbeat;
    },
    echoed(heartbeat) {
      lastEcho = heartbeat;
      if (isStalled()) doubt();
      if (heartbeat < proof) return;
      const wasLost = echoedAt === null;
      echoedAt = now();
      isProven = true;
      if (wasLost) onPossibleLoss();
      settle();
    },
  };
}
