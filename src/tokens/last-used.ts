import { AsyncLocalStorage } from 'node:async_hooks';
import { LRUCache } from 'lru-cache';
import type { TokenStore, TokenUse } from '../database/token-store.ts';
import type { CallOrigin } from '../events.ts';
import type { SessionRecord } from '../session.ts';

/** A token's use is written at most this often. */
const intervalMs = 60_000;
/** Uses are gathered for this long, then written together. */
const gatherMs = 250;
/** The most that one statement writes. */
const batchSize = 500;
/** Tokens of which this process remembers when it last noted a use. */
const maxRemembered = 50_000;

/** Notes that tokens are used, off the request's path. */
export interface LastUsed {
  recordUse(record: SessionRecord, origin: CallOrigin): void;
  /** Writes what is gathered, and notes nothing more. */
  close(): Promise<void>;
}

/** @param now the clock, in milliseconds */
export function createLastUsed(store: Pick<TokenStore, 'recordUses'>, now: () => number): LastUsed {
  /** A write is no part of the transaction in which a use happened to be noted. */
  const apart = AsyncLocalStorage.snapshot();
  const notedAt = new LRUCache<string, number>({ max: maxRemembered });
  const gathered = new Map<string, TokenUse>();
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  let isClosed = false;

  async function write(): Promise<void> {
    timer = null;
    const uses = [...gathered.values()];
    gathered.clear();
    for (let start = 0; start < uses.length; start += batchSize) {
      const batch = uses.slice(start, start + batchSize);
      try {
        await store.recordUses(batch, intervalMs);
      } catch {
        for (const { id } of batch) notedAt.delete(id); // the next use is noted again; requests tell of the outage
      }
    }
  }

  return {
    recordUse(record, origin) {
      const at = now();
      const last = notedAt.get(record.id) ?? record.lastUsedAt?.getTime();
      if (isClosed || (last !== undefined && at - last < intervalMs)) return;
      notedAt.set(record.id, at);
      gathered.set(record.id, { id: record.id, usedAt: new Date(at), ...origin });
      timer ??= setTimeout(() => {
        writing = writing.then(() => apart(write));
      }, gatherMs).unref();
    },
    async close() {
      isClosed = true;
      if (timer !== null) clearTimeout(timer);
      writing = writing.then(() => apart(write));
      await writing;
    },
  };
}
