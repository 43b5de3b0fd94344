import type { OutageListener } from '../../health/outage-report.ts';
import { reasonOf } from '../../health/reason-of.ts';
import type { Bus } from '../bus.ts';

/** How often to check whether the bus is connected, in milliseconds. */
const checkMs = 250;

/**
 * So many failed checks in a row are an outage. Fewer may only mean that the event loop stalled, or that the bus reconnects at
 * its first attempt.
 */
const failuresOfOutage = 3;

/**
 * Wraps a bus, and reports each of its outages once. The port has no event for them, because a bus may lose its connection
 * without noticing, so the bus is checked four times a second from its start to its close.
 */
export function reportBusOutages(bus: Bus, listener: OutageListener): Bus {
  let failures = 0;
  let checks: NodeJS.Timeout | null = null;

  function reason(): string {
    const error = bus.lastError?.();
    return error instanceof Error ? reasonOf(error) : 'The bus is not connected.';
  }

  function check(): void {
    if (!bus.isConnected()) {
      failures += 1;
      if (failures === failuresOfOutage) listener.unavailable(reason());
      return;
    }
    if (failures >= failuresOfOutage) listener.recovered();
    failures = 0;
  }

  return {
    start(onMessage, onPossibleLoss, namespace, listen) {
      bus.start(onMessage, onPossibleLoss, namespace, listen);
      checks = setInterval(check, checkMs).unref();
    },
    isConnected: () => bus.isConnected(),
    publish: (message) => bus.publish(message),
    async close() {
      if (checks !== null) clearInterval(checks);
      await bus.close();
    },
  };
}
