import { AsyncLocalStorage } from 'node:async_hooks';
import type { Listen } from '../../database/notify/listening.ts';
import { DurinUsageError } from '../../errors.ts';
import type { Bus } from '../bus.ts';

/** Marks a bus that serves a durin. All copies of the package in a process see the mark. */
const servesDurin = Symbol.for('trpc-durin.serves-durin');

/** A bus, as it may be marked. */
interface ClaimableBus extends Bus {
  [servesDurin]?: boolean;
}

/**
 * Claims a bus until it is closed, and passes it the app's database. A bus that served two durins would bring its messages
 * to the first one alone.
 * @throws DurinUsageError if it serves another durin
 */
export function claimBus(bus: ClaimableBus, listen: Listen): Bus {
  if (bus[servesDurin] === true) {
    throw new DurinUsageError(
      'createDurin: cache.bus serves another durin: each needs a bus of its own, until close() of the other one frees it',
    );
  }
  bus[servesDurin] = true;
  /** What the bus receives is no work of the call that happened to start it. */
  const outsideOfCalls = AsyncLocalStorage.snapshot();
  let closing: Promise<void> | null = null;

  async function closeAndRelease(): Promise<void> {
    try {
      await bus.close();
    } finally {
      bus[servesDurin] = false;
    }
  }

  return {
    start: (onMessage, onPossibleLoss, namespace) =>
      outsideOfCalls(() => bus.start(onMessage, onPossibleLoss, namespace, listen)),
    isConnected: () => closing === null && bus.isConnected(),
    lastError: () => bus.lastError?.(),
    publish: (message) => bus.publish(message),
    /** Once: after it, the bus may serve another durin. */
    close() {
      closing ??= closeAndRelease();
      return closing;
    },
  };
}
