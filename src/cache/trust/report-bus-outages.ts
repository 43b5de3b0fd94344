import { createOutageReport, type OutageListener } from '../../health/outage-report.ts';
import type { Bus } from '../bus.ts';

/** How often to check whether the bus is connected, in milliseconds. */
const checkMs = 250;

/**
 * So many failed checks in a row are an outage. Fewer may only mean that the event loop stalled, or that the bus reconnects at
 * its first attempt.
 */
const failuresOfOutage = 3;
/** The first connection may take three seconds, because it may lead to another region. */
const failuresAtStart = 12;

/** A bus whose outages are reported. */
export interface ReportedBus extends Bus {
  /** Called each time it could not start. An outage begins, and ends once the bus has started and connected. */
  startFailed(error: unknown): void;
}

/**
 * Wraps a bus, and reports each of its outages once. The port has no event for them, because a bus may lose its connection
 * without noticing, so the bus is checked four times a second from its first start to its close.
 */
export function reportBusOutages(bus: Bus, listener: OutageListener): ReportedBus {
  const outage = createOutageReport(listener);
  let failures = 0;
  let tolerated = failuresAtStart;
  let checks: NodeJS.Timeout | null = null;
  let isStarted = false;

  /** A bus that could not start may be half started, and say that it is connected. */
  function isConnected(): boolean {
    return isStarted && bus.isConnected();
  }

  function check(): void {
    if (!isConnected()) {
      failures += 1;
      if (failures === tolerated) outage.began(bus.lastError?.() ?? new Error('The bus is not connected.'));
      return;
    }
    if (failures >= tolerated) outage.ended();
    failures = 0;
    tolerated = failuresOfOutage;
  }

  return {
    start(onMessage, onPossibleLoss, namespace, listen) {
      isStarted = true;
      checks ??= setInterval(check, checkMs).unref();
      return bus.start(onMessage, onPossibleLoss, namespace, listen); // a promise, if it is async
    },
    startFailed(error) {
      isStarted = false;
      failures = tolerated;
      outage.began(error);
    },
    isConnected,
    publish: (message) => bus.publish(message),
    async close() {
      if (checks !== null) clearInterval(checks);
      outage.stop();
      await bus.close();
    },
  };
}
