import { AsyncLocalStorage } from 'node:async_hooks';
import type { BoundedByTimeout } from '../database/database-timeout.ts';
import type { CallCount, UsageStore } from '../database/records/usage-store.ts';
import type { CallOrigin } from '../events.ts';
import type { SessionRecord } from '../session.ts';
import { dayOf } from './usage-days.ts';

/** Counts are collected for this long, then written together. */
const collectMs = 1000;
/** The most counts that one statement writes. */
const maxBatchSize = 500;
/** The most tokens of a day whose calls wait for the database. In an outage, the calls of others are not counted. */
const maxCollected = 50_000;

/**
 * Counts the calls of sessions in memory, and writes them about once a second. A process that is killed loses the calls of its
 * last second, and those whose write got no answer may be counted twice.
 */
export interface CallCounts {
  count(session: SessionRecord): void;
  /** Writes the counts now. */
  flush(): Promise<void>;
  /** Writes the counts. Later calls are not counted. */
  close(): Promise<void>;
}

export interface CallCountsDeps {
  readonly store: Pick<UsageStore, 'add'>;
  readonly bounded: BoundedByTimeout;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

interface Count extends CallCount {
  calls: number;
}

export function createCallCounts({ store, bounded, now }: CallCountsDeps): CallCounts {
  /** Runs a write outside of any transaction that the call happened in. */
  const outsideTransaction = AsyncLocalStorage.snapshot();
  let today = dayOf(now());
  /** The counts of today, by their tokens. */
  let collected = new Map<string, Count>();
  /** Those of earlier days, and those that could not be written. */
  let waiting: Count[] = [];
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  let isClosed = false;

  function startWriting(): void {
    timer = null;
    writing = writing.then(() => outsideTransaction(write));
  }

  function turnDay(day: string): void {
    waiting = [...waiting, ...collected.values()];
    collected = new Map();
    today = day;
  }

  async function write(): Promise<void> {
    turnDay(today);
    const counts = waiting;
    waiting = [];
    for (let start = 0; start < counts.length; start += maxBatchSize) {
      const batch = counts.slice(start, start + maxBatchSize);
      try {
        await bounded(() => store.add(batch));
      } catch {
        waiting = [...waiting, ...counts.slice(start)].slice(0, maxCollected); // requests report the outage
        return;
      }
    }
  }

  async function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    startWriting();
    await writing;
  }

  return {
    count({ id, userId, client }) {
      if (isClosed) return;
      const day = dayOf(now());
      if (day !== today) turnDay(day);
      const known = collected.get(id);
      if (known !== undefined) known.calls += 1;
      else if (collected.size < maxCollected) collected.set(id, { client: client.name, day, userId, calls: 1 });
      timer ??= setTimeout(startWriting, collectMs).unref();
    },
    flush,
    close() {
      isClosed = true;
      return flush();
    },
  };
}

/** What records the uses of tokens. */
interface UseRecorder {
  recordUse(session: SessionRecord, origin: CallOrigin): void;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Counts each use as a call, besides recording it. */
export function withCallCounts(uses: UseRecorder, counts: CallCounts): UseRecorder {
  return {
    recordUse(session, origin) {
      uses.recordUse(session, origin);
      counts.count(session);
    },
    async flush() {
      await Promise.all([uses.flush(), counts.flush()]);
    },
    async close() {
      await Promise.all([uses.close(), counts.close()]);
    },
  };
}
