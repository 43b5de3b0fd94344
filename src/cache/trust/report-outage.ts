import type { CachePart, EventSink } from '../../events.ts';
import type { OutageListener } from './outage-report.ts';

const outageEffects: Readonly<Record<CachePart, string>> = {
  store: "the cache's store is not used until it works again",
  bus: "sessions are not kept in this process until the cache's bus works again",
};

/**
 * Creates the listeners that report outages of the cache's parts, as events and to the operator. They do so immediately,
 * whatever the app's transaction does: an outage is a fact.
 */
export function createOutageReport(events: EventSink, onWarning: (message: string) => void) {
  return function reportOutage(part: CachePart): OutageListener {
    return {
      unavailable(reason) {
        onWarning(`trpc-durin: ${outageEffects[part]}: ${reason}`);
        events.emit('cacheUnavailable', { part, reason });
      },
      recovered: () => events.emit('cacheRecovered', { part }),
    };
  };
}
