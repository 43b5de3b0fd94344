import type { Bus } from '../bus.ts';
import type { OutageListener } from './outage-report.ts';

/** How often to check whether the bus is connected, in milliseconds. */
const checkMs = 1000;

/** One failed check may only mean that the event loop stalled, and that the bus has not read its messages yet. */
const failuresOfOutage = 2;

/**
 * Wraps a bus, and reports each of its outages once. The port has no event for them, because a bus may lose its connection
 * without noticing, so the bus is checked every second from its start to its close.
 */
export function reportBusOutages(bus: Bus, listener: OutageListener): Bus {
  let failures = 0;
  let checks: NodeJS.Timeout | null = null;

  function check(): void {
    if (!bus.isConnected()) {
      failures += 1;
      if (failures === failuresOfOutage) listener.unavailable('The bus is not connected.');
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
