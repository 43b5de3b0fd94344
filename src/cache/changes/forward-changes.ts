import { type DatabaseChanges, readMessage } from '../bus/messages.ts';
import type { Bus } from '../bus.ts';
import type { ChangeListener } from './changes.ts';

export interface ForwardChangesOptions {
  readonly namespace: string;
  readonly databaseChanges: Pick<DatabaseChanges, 'read'>;
  readonly listener: ChangeListener;
}

/** Wraps a bus, and forwards the changes that it announces to a listener, after the cache. */
export function forwardChanges(bus: Bus, { namespace, databaseChanges, listener }: ForwardChangesOptions): Bus {
  return {
    start(onMessage, onPossibleLoss, ...others) {
      function receive(message: string): void {
        onMessage(message);
        const announcement = readMessage(namespace, message, databaseChanges);
        if (announcement === null) return;
        if (announcement.isRecovery) listener.missed();
        else listener.changed(...announcement.scopes);
      }
      /**
       * While the bus is disconnected, there is more to miss: what was missed is looked up once it has connected. Any session
       * may have ended then, so streams deliver nothing until theirs is looked up.
       */
      function lose(): void {
        onPossibleLoss();
        if (bus.isConnected()) listener.changed('all');
      }
      return bus.start(receive, lose, ...others); // a promise, if the app's own bus has an async start
    },
    isConnected: () => bus.isConnected(),
    publish: (message) => bus.publish(message),
    close: () => bus.close(),
  };
}
