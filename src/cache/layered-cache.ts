import { withTimeout } from '../async/with-timeout.ts';
import type { Bus } from './bus.ts';
import type { MemoryCache } from './memory-cache.ts';
import type { Scope, SessionCache } from './session-cache.ts';
import { maxSharedTtlMs, type SharedCache } from './shared-cache.ts';

export interface LayeredCacheOptions {
  readonly memory: MemoryCache;
  readonly shared: SharedCache;
  readonly bus: Bus;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** How long to wait before messages that could not be sent are sent again. */
const retryMs = 100;
/** Beyond this many unsent messages, one about all takes their place. */
const maxUnsent = 1000;
/** How long the last words may take. */
const partingMs = 500;

/**
 * Remembers sessions in this process on top of a shared store. A change is fenced in the store first and told to the
 * other processes then: one that hears of it late serves its own memory for that long, one that has heard reads the store
 * and meets the fence. While the bus is not connected the own memory is not asked; when it is again, the memory is empty.
 */
export function createLayeredCache({ memory, shared, bus, now }: LayeredCacheOptions): SessionCache {
  /** What could not be told yet, and until when others may remember something that it is about. */
  const unsent = new Map<Scope, number>();
  let retry: NodeJS.Timeout | null = null;
  /** What is being told of which nobody waits for the end. */
  let telling: Promise<void> = Promise.resolve();
  let isStarted = false;
  let isClosed = false;

  function hear(message: string): void {
    memory.drop(message as Scope); // durin's own messages only
  }

  function start(): void {
    if (isStarted || isClosed) return;
    isStarted = true;
    bus.start(hear, () => memory.drop('all'));
  }

  // While a fence could not be written, others may have remembered what the store still showed them.
  shared.onRecovery(() => {
    memory.drop('all');
    tellAside(() => announce('all'));
  });

  function tellAside(tell: () => Promise<void>): void {
    telling = telling.then(tell);
  }

  /** Others may remember something that it is about for as long as any process may. */
  async function announce(scope: Scope, until = now() + maxSharedTtlMs): Promise<void> {
    try {
      await bus.publish(scope);
    } catch {
      unsent.set(scope, Math.max(until, unsent.get(scope) ?? 0));
      if (unsent.size > maxUnsent) {
        const last = Math.max(...unsent.values());
        unsent.clear();
        unsent.set('all', last);
      }
      if (!isClosed) retry ??= setTimeout(() => tellAside(announceUnsent), retryMs).unref();
    }
  }

  async function announceUnsent(): Promise<void> {
    retry = null;
    const waiting = [...unsent];
    unsent.clear();
    for (const [scope, until] of waiting) if (now() < until) await announce(scope, until);
  }

  return {
    async find(selector, load) {
      start();
      const findShared = (sought: string) => shared.find(sought, load);
      return bus.isConnected() ? memory.find(selector, findShared) : findShared(selector);
    },
    async forget(scope) {
      start();
      await shared.forget(scope);
      memory.drop(scope);
      await announce(scope);
    },
    async close() {
      isClosed = true;
      if (retry !== null) clearTimeout(retry);
      await shared.close(); // which may tell of a recovery
      tellAside(announceUnsent);
      await withTimeout(partingMs, 'the bus', () => telling).catch(() => {});
      await Promise.all([bus.close(), memory.close()]);
    },
  };
}
