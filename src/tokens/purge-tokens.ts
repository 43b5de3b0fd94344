import type { TokenStore } from '../database/token-store.ts';
import type { EventSink } from '../events.ts';
import type { ExpiryNotices } from './keys/expiry-notices.ts';
import { toTokenEvent } from './token-event.ts';

/**
 * Removes expired tokens in batches, and yields the number of each batch. Then emits the notices of keys that expire soon, so
 * that no failure of a notice leaves expired tokens.
 */
export type PurgeTokens = (batchSize?: number) => AsyncGenerator<number>;

export interface PurgeTokensDeps {
  readonly store: Pick<TokenStore, 'deleteExpired'>;
  readonly notices: Pick<ExpiryNotices, 'emitAll'>;
  readonly events: EventSink;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

const defaultBatchSize = 1000;

export function createPurgeTokens({ store, notices, events, now }: PurgeTokensDeps): PurgeTokens {
  return async function* purgeTokens(batchSize = defaultBatchSize) {
    const startedAt = now(); // tokens that expire meanwhile are left to the next purge, so this one ends
    for (let isDone = false; !isDone; ) {
      const ended = await store.deleteExpired(batchSize, startedAt);
      for (const token of ended) events.emit('tokenExpired', toTokenEvent(token));
      isDone = ended.length < batchSize;
      yield ended.length;
    }
    await notices.emitAll();
  };
}
