import { createLiveness } from './liveness.ts';

export interface HeartbeatsOptions {
  /** Sends a message that comes back to this process alone. Rejects if it could not be sent. */
  readonly send: (heartbeat: string) => Promise<unknown>;
  /** Called when the connection is dead, and to be replaced. */
  readonly onDead: () => void;
  /** Called when messages may have been lost, and when the first heartbeat of a connection has come back. */
  readonly onPossibleLoss: () => void;
}

/** The heartbeats of a bus, from their start to their stop, over one connection after the other. They keep no process alive. */
export interface Heartbeats {
  isConnected(): boolean;
  /** As a bus has it. */
  whenTrusted(): Promise<void> | null;
  /** Whether one is overdue, so that messages cannot be sent either. */
  isOverdue(): boolean;
  /** Called when a connection opened, and when it was lost. */
  opened(): void;
  lost(): void;
  /** Called with each that comes back. */
  echoed(heartbeat: string): void;
  stop(): void;
}

const tickMs = 25;
/** A heartbeat is sent every 250 ms. */
const ticksPerHeartbeat = 10;
/** A stall that is shorter goes unnoticed. */
const stallMs = 75;
/** Beyond it, the memory is not trusted. */
const silenceMs = 1000;
/** For this long after a loss, streams wait for the next connection. */
const holdMs = 1000;
/**
 * So many heartbeats are due while one is unanswered. Then the connection is dead. They are counted, not timed: a process
 * that was stopped has not read the answer yet.
 */
const maxMissed = 4;

export function createHeartbeats({ send, onDead, onPossibleLoss }: HeartbeatsOptions): Heartbeats {
  const liveness = createLiveness({
    now: () => performance.now(),
    silenceMs,
    stallMs,
    ticksOfHold: holdMs / tickMs,
    onPossibleLoss,
  });
  const timer = setInterval(tick, tickMs).unref();
  let isOpen = false;
  let ticks = 0;
  /** The heartbeat that has not come back yet; `null`: each has. */
  let unanswered: number | null = null;
  let missed = 0;

  /** One at a time: those that wait behind an unanswered one would prove nothing more. */
  function beat(): void {
    if (!isOpen || unanswered !== null) return;
    const heartbeat = liveness.nextHeartbeat();
    unanswered = heartbeat;
    missed = 0;
    send(String(heartbeat)).catch(() => {
      if (unanswered === heartbeat) onDead();
    });
  }

  function tick(): void {
    ticks += 1;
    const hasStalled = liveness.tick();
    liveness.isConnected(); // notices silence even if no look-up calls it
    const isDue = ticks % ticksPerHeartbeat === 0;
    if (isDue && unanswered !== null) missed += 1;
    if (missed >= maxMissed) onDead();
    else if (isDue || hasStalled) beat();
  }

  function letGo(): void {
    isOpen = false;
    unanswered = null;
    missed = 0;
  }

  return {
    isConnected: liveness.isConnected,
    whenTrusted: liveness.whenTrusted,
    isOverdue: () => missed > 0,
    opened() {
      letGo();
      isOpen = true;
      liveness.opened();
      beat();
    },
    lost() {
      letGo();
      liveness.lost();
    },
    echoed(heartbeat) {
      if (Number(heartbeat) === unanswered) {
        unanswered = null;
        missed = 0;
      }
      liveness.echoed(Number(heartbeat));
      if (liveness.needsHeartbeat()) beat();
    },
    stop() {
      clearInterval(timer);
      letGo();
      liveness.closed();
    },
  };
}
