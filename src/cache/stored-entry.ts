import { LRUCache } from 'lru-cache';
import type { SessionFormat } from '../database/token-store.ts';
import type { SessionRecord } from '../session.ts';
import { atMost } from '../values/at-most.ts';
import type { Mark } from './fence-store.ts';
import { clientScope, type Scope, tokenScope, userScope } from './session-cache.ts';
import { bucketOf, keyIn } from './trust/buckets.ts';
import type { EntryMac } from './trust/entry-mac.ts';

/** The scopes of a token's user and client. */
export type Owner = readonly [user: Scope, client: Scope];

/** A session as a shared store holds it. */
export interface StoredEntry {
  /** When its reader started, in milliseconds since 1970. Each process adds its own ttl. */
  readonly readAt: number;
  /** The marks that its reader saw, in the order of `scopesOf`. */
  readonly marks: readonly Mark[];
  readonly owner: Owner;
  readonly record: SessionRecord;
}

/** An entry without its record, as it is written on the first line. */
type Head = readonly [readAt: number, marks: readonly Mark[], owner: Owner];

export interface EntryFormat {
  /** The key of a token's entry. Two versions of an app whose rows differ do not share entries. */
  keyOf(selector: string): string;
  write(selector: string, entry: Omit<StoredEntry, 'record'>, row: Parameters<SessionFormat['encode']>[0]): string;
  /** Returns `null` for text that this app did not write for this token: a store may hold anything. */
  read(selector: string, text: string | undefined): StoredEntry | null;
}

/** The scopes that a token's entry depends on, in the order in which it carries their marks. Each mark stands for `all` too. */
export function scopesOf(selector: string, owner: Owner): readonly Scope[] {
  return [tokenScope(selector), ...owner];
}

export function ownerOf({ userId, client }: SessionRecord): Owner {
  return [userScope(userId), clientScope(client.id)];
}

export interface EntryFormatDeps {
  readonly format: SessionFormat;
  readonly mac: EntryMac;
  /** Starts the keys; the same in all processes of an app. */
  readonly namespace: string;
  /** The most tokens whose last text is remembered. */
  readonly maxRemembered: number;
}

/**
 * Writes entries as text, and reads them. Text that has not changed since the last look-up is neither verified nor parsed
 * again, because that takes longer than the rest of a look-up in this process. The store is still read every time.
 */
export function createEntryFormat({ format, mac, namespace, maxRemembered }: EntryFormatDeps): EntryFormat {
  const remembered = new LRUCache<string, { readonly text: string; readonly entry: StoredEntry }>(
    atMost(maxRemembered),
  );

  /** In the bucket of the token's fence, so that a cluster reads both in one step. */
  const keyOf = (selector: string) =>
    keyIn(bucketOf(tokenScope(selector)), 'session', `${namespace}:${format.layout}:${selector}`);

  function parse(selector: string, sealed: string): StoredEntry | null {
    try {
      const text = mac.unseal(keyOf(selector), sealed);
      if (text === null) return null;
      const end = text.indexOf('\n');
      const head: unknown = JSON.parse(text.slice(0, end));
      if (!isHead(head)) return null;
      const [readAt, marks, owner] = head;
      return { readAt, marks, owner, record: format.decode(text.slice(end + 1)) };
    } catch {
      return null;
    }
  }

  return {
    keyOf,
    write(selector, { readAt, marks, owner }, row) {
      const text = `${JSON.stringify([readAt, marks, owner] satisfies Head)}\n${format.encode(row)}`;
      return mac.seal(keyOf(selector), text);
    },
    read(selector, text) {
      if (text === undefined) return null;
      const known = remembered.get(selector);
      if (known?.text === text) return known.entry;
      const entry = parse(selector, text);
      if (entry !== null) remembered.set(selector, { text, entry });
      return entry;
    },
  };
}

function isHead(value: unknown): value is Head {
  return Array.isArray(value) && value.length === 3 && Array.isArray(value[1]) && Array.isArray(value[2]);
}
