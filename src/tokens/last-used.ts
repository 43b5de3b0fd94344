import { LRUCache } from 'lru-cache';
import { createDelayedWrite } from '../async/delayed-write.ts';
import type { BoundedByTimeout } from '../database/database-timeout.ts';
import type { TokenStore, TokenUse } from '../database/token-store.ts';
import type { CallOrigin } from '../events.ts';
import type { SessionRecord } from '../session.ts';
import { atMost } from '../values/at-most.ts';
import type { ExpiryNotices } from './keys/expiry-notices.ts';

/**
 * The longest interval of sessions with an idle time. Their idle time counts from the last use that is written, so a longer
 * one would end sessions in use.
 */
const maxIdleIntervalMs = 60_000;
/** Uses are collected for this long, then written together. */
const collectMs = 250;
/** The most uses that one statement writes. */
const maxBatchSize = 500;
/** The number of tokens whose last recorded use this process remembers. */
const maxRemembered = 50_000;

/** Records when, and from where, tokens are used. No request waits for it. */
export interface LastUsed {
  recordUse(record: SessionRecord, origin: CallOrigin): void;
  /** Writes the collected uses now. */
  flush(): Promise<void>;
  /** Writes the collected uses. Later uses are not recorded. */
  close(): Promise<void>;
}

export interface LastUsedDeps {
  readonly store: Pick<TokenStore, 'recordUses'>;
  readonly notices: Pick<ExpiryNotices, 'mayBeDue' | 'emitOf'>;
  /** A token's use is written at most this often, in milliseconds. */
  readonly intervalMs: number;
  readonly bounded: BoundedByTimeout;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

export function createLastUsed({ store, notices, intervalMs, bounded, now }: LastUsedDeps): LastUsed {
  const recordedAt = new LRUCache<string, number>(atMost(maxRemembered));
  /** The uses to write, by the interval of their tokens. */
  const collected = new Map<number, Map<string, TokenUse>>();
  /** The ids of the collected keys that expire soon. */
  const expiring = new Set<string>();
  const writes = createDelayedWrite(write, collectMs);

  async function write(): Promise<void> {
    const byInterval = [...collected];
    const ids = [...expiring];
    collected.clear();
    expiring.clear();
    for (const [everyMs, uses] of byInterval) await writeUses([...uses.values()], everyMs);
    await notices.emitOf(ids).catch(() => undefined); // the next use is another occasion
  }

  async function writeUses(uses: readonly TokenUse[], everyMs: number): Promise<void> {
    for (let start = 0; start < uses.length; start += maxBatchSize) {
      const batch = uses.slice(start, start + maxBatchSize);
      const unrecorded = await bounded(() => store.recordUses(batch, everyMs)).catch(
        () => batch.map(({ id }) => id), // requests report the outage
      );
      for (const id of unrecorded) recordedAt.delete(id); // the next use is recorded
    }
  }

  function collect(use: TokenUse, everyMs: number): void {
    const uses = collected.get(everyMs) ?? new Map<string, TokenUse>();
    uses.set(use.id, use);
    collected.set(everyMs, uses);
    writes.schedule();
  }

  return {
    recordUse(record, origin) {
      const usedAt = now();
      const everyMs = record.isExtendedByUse ? Math.min(intervalMs, maxIdleIntervalMs) : intervalMs;
      const last = recordedAt.peek(record.id) ?? record.lastUsedAt?.getTime();
      if (writes.isClosed || (last !== undefined && usedAt - last < everyMs)) return;
      recordedAt.set(record.id, usedAt);
      if (notices.mayBeDue(record)) expiring.add(record.id);
      collect({ id: record.id, usedAt: new Date(usedAt), ...origin }, everyMs);
    },
    flush: writes.flush,
    close: writes.close,
  };
}
