import { hasFence, slackMs } from '../fence-store.ts';
import type { Scope } from '../session-cache.ts';
import type { StoredEntry } from '../stored-entry.ts';

/**
 * The changes that this process made or received, for as long as an older entry might be used. A store that refused or
 * lost a change's fence still offers such entries; a process that knows of the change uses none of them.
 */
export interface KnownChanges {
  /** @param fence the value that the change wrote to its scope's fence; `null`: none that is known */
  add(scope: Scope, fence: string | null): void;
  /**
   * Returns a function that removes the changes that are known now. Call it once every epoch is replaced: no entry from
   * before that is used, whatever else the store has lost.
   */
  snapshot(): () => void;
  /**
   * Whether the entry is certainly younger than every known change of these scopes: it carries the fence that the change
   * wrote, or its reader started so much later that clocks which differ do not matter.
   * @param scopes the entry's scopes, in the order of its marks
   */
  allow(entry: Pick<StoredEntry, 'readAt' | 'marks'>, scopes: readonly Scope[]): boolean;
}

export interface KnownChangesOptions {
  /** For how long this process uses an entry, in milliseconds. */
  readonly ttlMs: number;
  /** The clock, in milliseconds. */
  readonly now: () => number;
  /** The most changes that are remembered. Beyond it they become one of `all`. */
  readonly maxChanges: number;
}

export function createKnownChanges({ ttlMs, now, maxChanges }: KnownChangesOptions): KnownChanges {
  /** By scope, the oldest first. */
  const changes = new Map<Scope, KnownChange>();
  const memoryMs = ttlMs + slackMs;
  let lastNumber = 0;

  function removeOutdated(): void {
    for (const [scope, { at }] of changes) {
      if (now() < at + memoryMs) return;
      changes.delete(scope);
    }
  }

  return {
    add(scope, fence) {
      if (scope === 'all' && fence !== null) return; // no look-up uses a store that has lost its epochs
      removeOutdated();
      lastNumber += 1;
      changes.delete(scope); // so that it moves to the end
      changes.set(scope, { fence, at: now(), number: lastNumber });
      if (changes.size <= maxChanges) return;
      changes.clear();
      changes.set('all', { fence: null, at: now(), number: lastNumber });
    },
    snapshot() {
      const until = lastNumber;
      return () => {
        for (const [scope, { number }] of changes) if (number <= until) changes.delete(scope);
      };
    },
    allow({ readAt, marks }, scopes) {
      if (changes.size === 0) return true;
      const isYounger = ({ at }: KnownChange) => readAt >= at + slackMs;
      const all = changes.get('all');
      if (all !== undefined && !isYounger(all)) return false;
      return scopes.every((scope, index) => {
        const change = changes.get(scope);
        if (change === undefined || isYounger(change)) return true;
        return change.fence !== null && hasFence(marks[index] ?? '', change.fence);
      });
    },
  };
}

interface KnownChange {
  /** The value that it wrote to its scope's fence; `null`: none that is known. */
  readonly fence: string | null;
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly number: number;
}
