import type { Bus } from '../bus.ts';
import { readMessage } from './bus-message.ts';
import type { ChangeListener } from './changes.ts';

/** Wraps a bus, and passes the changes that it hears of on to a listener, after the cache. */
export function hearChanges(bus: Bus, namespace: string, listener: ChangeListener): Bus {
  return {
    start(onMessage, onPossibleLoss, ...others) {
      function receive(message: string): void {
        onMessage(message);
        const change = readMessage(namespace, message);
        if (change !== null) listener.changed(change.scope);
      }
      function lose(): void {
        onPossibleLoss();
        listener.missed();
      }
      bus.start(receive, lose, ...others);
    },
    isConnected: () => bus.isConnected(),
    publish: (message) => bus.publish(message),
    close: () => bus.close(),
  };
}
