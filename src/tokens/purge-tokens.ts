import { repeatWhileFull } from '../async/repeat-while-full.ts';
import type { UsageStore } from '../database/records/usage-store.ts';
import type { KnownToken, TokenStore } from '../database/token-store.ts';
import type { EventSink } from '../events.ts';
import { dayOf } from '../records/usage-days.ts';
import { secondsPer } from '../values/units.ts';
import type { ExpiryNotices } from './keys/expiry-notices.ts';
import { toTokenEvent } from './token-event.ts';

/**
 * Finds expired tokens, deletes them in batches, and yields the number of each batch. Then deletes old counts of calls, and emits
 * the notices of keys that expire soon, also if the counts cannot be deleted.
 * @param keepUsageSeconds how long counts of calls are kept
 */
export type PurgeTokens = (batchSize?: number, keepUsageSeconds?: number) => AsyncGenerator<number>;

export interface PurgeTokensDeps {
  readonly store: Pick<TokenStore, 'findExpired' | 'deleteExpired'>;
  /** `null`: calls are not counted. */
  readonly usageStore: Pick<UsageStore, 'deleteBefore'> | null;
  readonly notices: Pick<ExpiryNotices, 'emitAll'>;
  readonly events: EventSink;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

const defaultBatchSize = 1000;
/** A search may read past all tokens that were deleted before it, so it finds many batches. */
const mostFound = 50_000;
const defaultKeepSeconds = 90 * secondsPer.d;

export function createPurgeTokens({ store, usageStore, notices, events, now }: PurgeTokensDeps): PurgeTokens {
  return async function* purgeTokens(batchSize = defaultBatchSize, keepUsageSeconds = defaultKeepSeconds) {
    const startedAt = now(); // tokens that expire meanwhile are left to the next purge, so this one ends
    const kept: KnownToken[] = []; // others have locked them, or they were used since they were found
    for (let isDone = false; !isDone; ) {
      const found = await store.findExpired(mostFound, startedAt, kept);
      for (let start = 0; start < found.length; start += batchSize) {
        const batch = found.slice(start, start + batchSize);
        const ended = await store.deleteExpired(batch, startedAt);
        for (const token of ended) events.emit('tokenExpired', toTokenEvent(token));
        const deleted = new Set(ended.map(({ id }) => id));
        kept.push(...batch.filter(({ id }) => !deleted.has(id)));
        yield ended.length;
      }
      isDone = found.length < mostFound;
    }
    const oldest = dayOf(startedAt - keepUsageSeconds * 1000);
    try {
      if (usageStore !== null) await repeatWhileFull(batchSize, () => usageStore.deleteBefore(oldest, batchSize));
    } finally {
      await notices.emitAll();
    }
  };
}
