import type { BoundedByTimeout } from '../../database/database-timeout.ts';
import { isNearExpiry } from '../../database/keys/expiry-steps.ts';
import type { KeyStore } from '../../database/keys/key-store.ts';
import type { EventSink } from '../../events.ts';
import type { SessionRecord } from '../../session.ts';
import { toTokenEvent } from '../token-event.ts';
import type { KeyClients } from './key-rules.ts';

/** The most keys that one statement claims. */
const maxBatchSize = 1000;

/** Emits `tokenExpiring`, once per key and step. */
export interface ExpiryNotices {
  /** Whether a use of this session is an occasion to look. */
  mayBeDue(record: SessionRecord): boolean;
  /** Looks at these keys. */
  emitOf(ids: readonly string[]): Promise<void>;
  /** Looks at all keys. */
  emitAll(): Promise<void>;
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

  async function claim(ids: readonly string[] | null): Promise<number> {
    const claimed = await keyStore.claimExpiring(names, ids, maxBatchSize, now());
    for (const { name, expiresAt, daysLeft, ...key } of claimed)
      events.emit('tokenExpiring', { ...toTokenEvent(key), name, expiry: expiresAt, daysLeft });
    return claimed.length;
  }

  return {
    mayBeDue: ({ client, expiresAt }) => rulesOf(client.name) !== null && isNearExpiry(expiresAt, now()),
    async emitOf(ids) {
      if (ids.length > 0) await bounded(() => claim(ids));
    },
    async emitAll() {
      if (names.length === 0) return;
      for (let count = maxBatchSize; count === maxBatchSize; ) count = await bounded(() => claim(null));
    },
  };
}
