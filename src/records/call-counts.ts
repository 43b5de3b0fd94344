import { createDelayedWrite } from '../async/delayed-write.ts';
import type { BoundedByTimeout } from '../database/database-timeout.ts';
import { isRefusal } from '../database/mistakes/watch-outages.ts';
import type { CallCount, UsageStore } from '../database/records/usage-store.ts';
import type { CallOrigin } from '../events.ts';
import { reasonOf } from '../health/reason-of.ts';
import type { SessionRecord } from '../session.ts';
import { dayOf } from './usage-days.ts';

/** Counts are collected for this long, then written together. */
const collectMs = 1000;
/** The most counts that one statement writes. */
const maxBatchSize = 500;
/** The most tokens and days whose calls wait for the database. In an outage, the calls of others are not counted. */
const maxCollected = 50_000;

/**
 * Counts the calls of sessions in memory, and writes them about once a second. A process that is killed loses the calls of its
 * last second, and those whose write got no answer may be counted twice. Counts wait for the end of an outage. Counts that the
 * database refuses are dropped, so that they do not keep back the others.
 */
export interface CallCounts {
  /** Counts a call, unless it is counted already. */
  count(session: SessionRecord, call: CountableCall): void;
  /** Takes the count of a call back, because one of its later guards has refused it. */
  takeBack(call: CountableCall): void;
  /** Writes the counts now. */
  flush(): Promise<void>;
  /** Writes the counts. Later calls are not counted. */
  close(): Promise<void>;
}

export interface CallCountsDeps {
  readonly store: Pick<UsageStore, 'add'>;
  readonly bounded: BoundedByTimeout;
  /** Called when the database begins to refuse counts. */
  readonly onWarning: (message: string) => void;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

interface Count extends CallCount {
  /** The id of the token. */
  readonly id: string;
  calls: number;
}

/** What several guards may let in, and what counts once. */
export interface CountableCall {
  /** The count that the call is part of; `null`: it is not counted. */
  counted: Readonly<Count> | null;
}

/** Counts by their days, and by the tokens of the calls. */
type Counts = Map<string, Map<string, Count>>;

export function createCallCounts({ store, bounded, onWarning, now }: CallCountsDeps): CallCounts {
  let collected: Counts = new Map();
  let isRefused = false;
  const writes = createDelayedWrite(write, collectMs);

  /** Returns what the calls are part of now; `null`: too much waits for the database already. */
  function add(count: Count): Count | null {
    const { id, day, calls } = count;
    const ofDay = collected.get(day) ?? new Map<string, Count>();
    const known = ofDay.get(id);
    if (known === undefined) {
      if (sizeOf(collected) >= maxCollected) return null;
      collected.set(day, ofDay.set(id, count));
      return count;
    }
    known.calls += calls;
    if (known.calls === 0) ofDay.delete(id);
    return known;
  }

  async function write(): Promise<void> {
    const counts = [...collected.values()].flatMap((ofDay) => [...ofDay.values()]);
    collected = new Map();
    for (let start = 0; start < counts.length; start += maxBatchSize) {
      const batch = counts.slice(start, start + maxBatchSize);
      try {
        await bounded(() => store.add(batch.map(({ id: _id, ...count }) => count)));
        isRefused = false;
      } catch (error) {
        if (!isRefusal(error)) {
          for (const count of counts.slice(start)) add(count); // requests report the outage
          return;
        }
        reportRefusal(error);
      }
    }
  }

  function reportRefusal(error: unknown): void {
    if (isRefused) return;
    isRefused = true;
    onWarning(`trpc-durin: calls are not counted: ${reasonOf(error)}`);
  }

  return {
    count({ id, userId, client, isOfTest }, call) {
      if (writes.isClosed || isOfTest === true || call.counted !== null) return;
      call.counted = add({ id, client: client.name, day: dayOf(now()), userId, calls: 1 });
      writes.schedule();
    },
    takeBack(call) {
      if (writes.isClosed || call.counted === null) return;
      add({ ...call.counted, calls: -1 });
      call.counted = null;
      writes.schedule();
    },
    flush: writes.flush,
    close: writes.close,
  };
}

/** What an app has that counts no calls. */
export const noCallCounts: Pick<CallCounts, 'count' | 'takeBack'> = { count() {}, takeBack() {} };

function sizeOf(counts: Counts): number {
  return [...counts.values()].reduce((size, ofDay) => size + ofDay.size, 0);
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
      counts.count(session, { counted: null });
    },
    async flush() {
      await Promise.all([uses.flush(), counts.flush()]);
    },
    async close() {
      await Promise.all([uses.close(), counts.close()]);
    },
  };
}
