import type { Bus } from '../bus.ts';
import type { MemoryCache } from '../memory-cache.ts';
import type { SessionCache } from '../session-cache.ts';

export interface BusMemoryDeps {
  readonly memory: MemoryCache;
  readonly bus: Bus;
  /** Starts the messages; the same in all processes of an app, and different in every other app. */
  readonly namespace: string;
  readonly onMessage: (message: string) => void;
  /** Called each time the bus cannot start. Default: nobody learns of it. */
  readonly onStartFailed?: (error: unknown) => void;
}

/** The memory of a process, used for as long as a bus reports what has changed. */
export interface BusMemory extends Pick<SessionCache, 'findInMemory' | 'close'> {
  /** Starts the bus, unless it has started. Never throws: a bus that cannot start is disconnected until a later call. */
  start(): void;
  /** `null` while messages may be missing. */
  trusted(): MemoryCache | null;
  /** From then on, no call starts the bus. */
  stop(): void;
}

export function createBusMemory({ memory, bus, namespace, onMessage, onStartFailed }: BusMemoryDeps): BusMemory {
  let isStarted = false;
  let isStopped = false;

  function startFailed(error: unknown): void {
    isStarted = false;
    onStartFailed?.(error);
  }

  function trusted(): MemoryCache | null {
    return isStarted && bus.isConnected() ? memory : null;
  }

  return {
    findInMemory: (selector) => trusted()?.findInMemory(selector) ?? null,
    start() {
      if (isStarted || isStopped) return;
      isStarted = true;
      try {
        const starting: unknown = bus.start(onMessage, () => memory.evict('all'), namespace);
        Promise.resolve(starting).catch(startFailed); // an app's own bus may have an async start
      } catch (error) {
        startFailed(error);
      }
    },
    trusted,
    stop() {
      isStopped = true;
    },
    async close() {
      await Promise.all([bus.close(), memory.close()]);
    },
  };
}
