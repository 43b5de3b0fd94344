import type { Bus } from '../bus.ts';
import type { MemoryCache } from '../memory-cache.ts';
import type { SessionCache } from '../session-cache.ts';
import { type DatabaseChanges, readMessage } from './messages.ts';
import { createPublisher } from './publisher.ts';

export interface BusCacheDeps {
  readonly memory: MemoryCache;
  readonly bus: Bus;
  /** Starts the messages; the same in all processes of an app, and different in every other app. */
  readonly namespace: string;
  readonly databaseChanges: DatabaseChanges;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/**
 * Caches sessions in this process alone, for as long as a bus reports which of them have ended. A process that has not yet
 * received a message serves its memory until it does. While the bus is disconnected, every look-up reads the database;
 * when the bus has reconnected, the memory is empty.
 */
export function createBusCache(deps: BusCacheDeps): SessionCache {
  const { memory, bus, namespace, databaseChanges, now } = deps;
  const publisher = createPublisher(deps);
  let isStarted = false;
  let isClosed = false;

  function receiveMessage(message: string): void {
    memory.evict(...(readMessage(namespace, message, databaseChanges)?.scopes ?? []));
  }

  function start(): void {
    if (isStarted || isClosed) return;
    bus.start(receiveMessage, () => memory.evict('all'), namespace);
    isStarted = true;
  }

  /** `null` while messages may be missing. */
  function trustedMemory(): MemoryCache | null {
    return isStarted && bus.isConnected() ? memory : null;
  }

  return {
    findInMemory: (selector) => trustedMemory()?.findInMemory(selector) ?? null,
    async find(selector, load) {
      start();
      const trusted = trustedMemory();
      if (trusted !== null) return trusted.find(selector, load);
      const loaded = await load(selector);
      return loaded && { record: loaded.record, usableUntil: now() };
    },
    async invalidate(scope, isWritten = false) {
      start();
      memory.evict(scope);
      if (!isWritten || !databaseChanges.announce(scope)) await publisher.publish(scope, null);
      return null;
    },
    receive: (scope) => memory.evict(scope),
    connect: start,
    async close() {
      isClosed = true;
      await publisher.close();
      await Promise.all([bus.close(), memory.close()]);
    },
  };
}
