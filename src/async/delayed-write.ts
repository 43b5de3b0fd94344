import { AsyncLocalStorage } from 'node:async_hooks';

/** Writes what calls have collected, a little later and together, so that no call waits for it. */
export interface DelayedWrite {
  /** Whether it was closed: what is collected from then on is never written. */
  readonly isClosed: boolean;
  /** Starts a write after the delay, unless one is due already. */
  schedule(): void;
  /** Writes now, after the writes in progress. Resolves when all of them have ended. */
  flush(): Promise<void>;
  /** The same, for the last time. */
  close(): Promise<void>;
}

/**
 * @param write takes what was collected, and handles its own errors: it must not reject. One write runs at a time, outside of
 *   any transaction of the calls
 */
export function createDelayedWrite(write: () => Promise<void>, delayMs: number): DelayedWrite {
  const outsideTransaction = AsyncLocalStorage.snapshot();
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  let isClosed = false;

  function startWriting(): void {
    timer = null;
    writing = writing.then(() => outsideTransaction(write));
  }

  async function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    startWriting();
    await writing;
  }

  return {
    get isClosed() {
      return isClosed;
    },
    schedule() {
      timer ??= setTimeout(startWriting, delayMs).unref();
    },
    flush,
    close() {
      isClosed = true;
      return flush();
    },
  };
}
