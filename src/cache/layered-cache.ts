import { withTimeout } from '../async/with-timeout.ts';
import type { Bus } from './bus.ts';
import { readMessage, writeMessage } from './changes/bus-message.ts';
import { maxSharedTtlMs } from './fence-store.ts';
import type { MemoryCache } from './memory-cache.ts';
import type { Scope, SessionCache } from './session-cache.ts';
import type { SharedCache } from './shared-cache.ts';

export interface LayeredCacheDeps {
  readonly memory: MemoryCache;
  readonly shared: SharedCache;
  readonly bus: Bus;
  /** Starts the messages; the same in all processes of an app, and different in every other app. */
  readonly namespace: string;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** How long to wait before messages that could not be sent are sent again. */
const retryMs = 100;
/** Beyond this many unsent messages, one about `all` replaces them. */
const maxUnsent = 1000;
/** How long `close()` waits for the last messages. */
const closeTimeoutMs = 500;

/**
 * Caches sessions in this process on top of a shared store. A change bumps the fence in the store first and is
 * published to the other processes second. A process that has not yet received the message serves its own memory until
 * it does; one that has received it reads the store and sees the new fence, or knows that the store should have it: the
 * message names the fence. While the bus is disconnected, a process does not read its own memory; when the bus has
 * reconnected, that memory is empty.
 */
export function createLayeredCache({ memory, shared, bus, namespace, now }: LayeredCacheDeps): SessionCache {
  /** Changes that could not be published yet, and until when other processes may hold entries that they make stale. */
  const unsent = new Map<Scope, { readonly fence: string | null; readonly until: number }>();
  let retry: NodeJS.Timeout | null = null;
  /** Publishes in progress that `close()` still waits for. */
  let publishing: Promise<void> = Promise.resolve();
  let isStarted = false;
  let isClosed = false;

  function receive(scope: Scope, fence: string | null): void {
    shared.receive(scope, fence);
    memory.evict(scope);
  }

  function receiveMessage(message: string): void {
    const change = readMessage(namespace, message);
    if (change !== null) receive(change.scope, change.fence);
  }

  function start(): void {
    if (isStarted || isClosed) return;
    isStarted = true;
    bus.start(receiveMessage, () => memory.evict('all'), namespace);
  }

  // While a fence could not be written, other processes may have cached what the store still showed them.
  shared.onRecovery((fence) => {
    memory.evict('all');
    publishInBackground(() => publish('all', fence));
  });

  function publishInBackground(work: () => Promise<void>): void {
    publishing = publishing.then(work);
  }

  /** @param until after this no process holds an entry from before the change any more, so no message is needed */
  async function publish(scope: Scope, fence: string | null, until = now() + maxSharedTtlMs): Promise<void> {
    try {
      await bus.publish(writeMessage(namespace, { scope, fence }));
    } catch {
      const later = unsent.get(scope);
      if (later === undefined || later.until < until) unsent.set(scope, { fence, until });
      if (unsent.size > maxUnsent) {
        const last = Math.max(...Array.from(unsent.values(), (change) => change.until));
        unsent.clear();
        unsent.set('all', { fence: null, until: last });
      }
      if (!isClosed) retry ??= setTimeout(() => publishInBackground(publishUnsent), retryMs).unref();
    }
  }

  async function publishUnsent(): Promise<void> {
    retry = null;
    const waiting = [...unsent];
    unsent.clear();
    for (const [scope, { fence, until }] of waiting) if (now() < until) await publish(scope, fence, until);
  }

  return {
    async find(selector, load) {
      start();
      const findShared = (sought: string) => shared.find(sought, load);
      return bus.isConnected() ? memory.find(selector, findShared) : findShared(selector);
    },
    async invalidate(scope) {
      start();
      const fence = await shared.invalidate(scope);
      memory.evict(scope);
      await publish(scope, fence);
      return fence;
    },
    receive,
    async close() {
      isClosed = true;
      if (retry !== null) clearTimeout(retry);
      await shared.close(); // which may publish a recovery
      publishInBackground(publishUnsent);
      await withTimeout(() => publishing, { timeoutMs: closeTimeoutMs, service: 'the bus' }).catch(() => {});
      await Promise.all([bus.close(), memory.close()]);
    },
  };
}
