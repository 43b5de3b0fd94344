import { withTimeout } from '../async/with-timeout.ts';
import type { SessionCache } from '../cache/session-cache.ts';
import type { ExpiryNotices } from '../tokens/keys/expiry-notices.ts';
import type { LastUsed } from '../tokens/last-used.ts';

export interface ShutdownDeps {
  readonly streams: { close(): void };
  /** `null`: this durin caches nothing. */
  readonly cache: Pick<SessionCache, 'close'> | null;
  readonly lastUsed: Pick<LastUsed, 'flush' | 'close'>;
  readonly notices: Pick<ExpiryNotices, 'emitHourly'>;
  /** Each ends a part that needs no time for it. */
  readonly stops: readonly (() => void)[];
}

export interface Shutdown {
  /** Writes pending uses, and reports keys that expire soon. Does nothing once it is closed. */
  flush(): Promise<void>;
  /**
   * Ends open streams, writes pending uses and ends timers and connections, in less than a second. What a frozen server has
   * not answered by then is given up. The app's ORM stays open.
   */
  close(): Promise<void>;
}

/** The most that `close()` waits, in milliseconds. */
const closeTimeoutMs = 900;

export function createShutdown({ streams, cache, lastUsed, notices, stops }: ShutdownDeps): Shutdown {
  const tooLate = new Error('what is closed did not end in time');
  let closing: Promise<void> | null = null;

  async function closeParts(): Promise<void> {
    streams.close();
    const written = lastUsed.close();
    try {
      await cache?.close(); // first, while changes still reach it
    } finally {
      for (const stop of stops) stop();
    }
    await written;
  }

  async function closeInTime(): Promise<void> {
    try {
      await withTimeout(closeParts, { timeoutMs: closeTimeoutMs, service: 'a part of durin', toError: () => tooLate });
    } catch (error) {
      if (error !== tooLate) throw error;
    }
  }

  return {
    async flush() {
      if (closing !== null) return;
      await lastUsed.flush();
      await notices.emitHourly().catch(() => undefined); // the next flush is another occasion
    },
    close() {
      closing ??= closeInTime();
      return closing;
    },
  };
}
