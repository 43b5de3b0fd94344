import { createBusMemory } from './bus/bus-memory.ts';
import { noDatabaseChanges, readMessage, recoveryFence } from './bus/messages.ts';
import { createPublisher } from './bus/publisher.ts';
import type { Bus } from './bus.ts';
import type { MemoryCache } from './memory-cache.ts';
import type { Scope, SessionCache } from './session-cache.ts';
import type { SharedCache } from './shared-cache.ts';

export interface LayeredCacheDeps {
  readonly memory: MemoryCache;
  readonly shared: SharedCache;
  readonly bus: Bus;
  /** Starts the messages; the same in all processes of an app, and different in every other app. */
  readonly namespace: string;
  /** Called each time the bus cannot start. Default: nobody learns of it. */
  readonly onStartFailed?: (error: unknown) => void;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/**
 * Caches sessions in this process on top of a shared store. A change bumps the fence in the store first and is
 * published to the other processes second. A process that has not yet received the message serves its own memory until
 * it does; one that has received it reads the store and sees the new fence, or knows that the store should have it: the
 * message names the fence. While the bus is disconnected, a process does not read its own memory; when the bus has
 * reconnected, that memory is empty.
 */
export function createLayeredCache(deps: LayeredCacheDeps): SessionCache {
  const { memory, shared, namespace } = deps;
  const publisher = createPublisher(deps);
  const busMemory = createBusMemory({ ...deps, onMessage: receiveMessage });

  function receive(scope: Scope, fence: string | null): void {
    shared.receive(scope, fence);
    memory.evict(scope);
  }

  function receiveMessage(message: string): void {
    const announcement = readMessage(namespace, message, noDatabaseChanges);
    for (const scope of announcement?.scopes ?? []) receive(scope, announcement?.fence ?? null);
  }

  // While a fence could not be written, other processes may have cached what the store still showed them.
  shared.onRecovery((fence) => {
    memory.evict('all');
    publisher.publishInBackground('all', recoveryFence(fence));
  });

  return {
    findInMemory: busMemory.findInMemory,
    async find(selector, load) {
      busMemory.start();
      const findShared = (sought: string) => shared.find(sought, load);
      return busMemory.trusted()?.find(selector, findShared) ?? findShared(selector);
    },
    async invalidate(scope) {
      busMemory.start();
      const fence = await shared.invalidate(scope);
      memory.evict(scope);
      await publisher.publish(scope, fence);
      return fence;
    },
    receive,
    connect: busMemory.start,
    checkStore: shared.checkStore,
    async close() {
      busMemory.stop();
      await shared.close(); // which may publish a recovery
      await publisher.close();
      await busMemory.close();
    },
  };
}
