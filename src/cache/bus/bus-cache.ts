import type { Bus } from '../bus.ts';
import type { MemoryCache } from '../memory-cache.ts';
import type { SessionCache } from '../session-cache.ts';
import { createBusMemory } from './bus-memory.ts';
import { type DatabaseChanges, readMessage } from './messages.ts';
import { createPublisher } from './publisher.ts';

export interface BusCacheDeps {
  readonly memory: MemoryCache;
  readonly bus: Bus;
  /** Starts the messages; the same in all processes of an app, and different in every other app. */
  readonly namespace: string;
  readonly databaseChanges: DatabaseChanges;
  /** Called each time the bus cannot start. Default: nobody learns of it. */
  readonly onStartFailed?: (error: unknown) => void;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/**
 * Caches sessions in this process alone, for as long as a bus reports which of them have ended. A process that has not yet
 * received a message serves its memory until it does. While the bus is disconnected, every look-up reads the database;
 * when the bus has reconnected, the memory is empty.
 */
export function createBusCache(deps: BusCacheDeps): SessionCache {
  const { memory, namespace, databaseChanges, now } = deps;
  const publisher = createPublisher(deps);
  const busMemory = createBusMemory({ ...deps, onMessage: receiveMessage });

  function receiveMessage(message: string): void {
    memory.evict(...(readMessage(namespace, message, databaseChanges)?.scopes ?? []));
  }

  return {
    findInMemory: busMemory.findInMemory,
    async find(selector, load) {
      busMemory.start();
      const trusted = busMemory.trusted();
      if (trusted !== null) return trusted.find(selector, load);
      const loaded = await load(selector);
      return loaded && { record: loaded.record, usableUntil: now() };
    },
    async invalidate(scope, isWritten = false) {
      busMemory.start();
      memory.evict(scope);
      if (!isWritten || !databaseChanges.announce(scope)) await publisher.publish(scope, null);
      return null;
    },
    receive: (scope) => memory.evict(scope),
    connect: busMemory.start,
    async close() {
      busMemory.stop();
      await publisher.close();
      await busMemory.close();
    },
  };
}
