import { AsyncLocalStorage } from 'node:async_hooks';
import { repeatWhileFull } from '../../async/repeat-while-full.ts';
import type { BoundedByTimeout } from '../../database/database-timeout.ts';
import { isNearExpiry } from '../../database/keys/expiry-steps.ts';
import type { KeyStore } from '../../database/keys/key-store.ts';
import type { EventSink } from '../../events.ts';
import type { SessionRecord } from '../../session.ts';
import { toTokenEvent } from '../token-event.ts';
import type { KeyClients } from './key-rules.ts';

/** The most keys that one statement claims. */
const maxBatchSize = 1000;
/** `emitHourly` looks at all keys at most this often. */
const intervalMs = 3_600_000;

/** Emits `tokenExpiring`, once per key and step. */
export interface ExpiryNotices {
  /** Whether a use of this session is an occasion to look. */
  mayBeDue(record: SessionRecord): boolean;
  /** Looks at these keys. */
  emitOf(ids: readonly string[]): Promise<void>;
  /** Looks at all keys. Takes as long as there are keys that expire soon, so it has no timeout. */
  emitAll(): Promise<void>;
  /** The same within the database timeout, if this process has not done so for an hour. */
  emitHourly(): Promise<void>;
}

export interface ExpiryNoticesDeps {
  readonly keyStore: Pick<KeyStore, 'claimExpiring'>;
  readonly keyClients: KeyClients;
  readonly events: EventSink;
  readonly bounded: BoundedByTimeout;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

export function createExpiryNotices({ keyStore, keyClients, events, bounded, now }: ExpiryNoticesDeps): ExpiryNotices {
  const { names, rulesOf } = keyClients;
  /** Runs work as the server's own: the hourly look is no work of the call, or the transaction, that happened to start it. */
  const asServer = AsyncLocalStorage.snapshot();
  let lookedAt = Number.NEGATIVE_INFINITY;

  async function claim(ids: readonly string[] | null): Promise<number> {
    const claimed = await keyStore.claimExpiring(names, ids, maxBatchSize, now());
    for (const { name, expiresAt, daysLeft, ...key } of claimed)
      events.emit('tokenExpiring', { ...toTokenEvent(key), name, expiry: expiresAt, daysLeft });
    return claimed.length;
  }

  async function emitAll(): Promise<void> {
    if (names.length > 0) await repeatWhileFull(maxBatchSize, () => claim(null));
  }

  return {
    mayBeDue: ({ client, expiresAt, isOfTest }) =>
      isOfTest !== true && rulesOf(client.name) !== null && isNearExpiry(expiresAt, now()),
    async emitOf(ids) {
      if (ids.length > 0) await bounded(() => claim(ids));
    },
    emitAll,
    async emitHourly() {
      if (now() - lookedAt < intervalMs) return;
      lookedAt = now();
      try {
        await asServer(() => bounded(emitAll));
      } catch (error) {
        lookedAt = Number.NEGATIVE_INFINITY;
        throw error;
      }
    },
  };
}
