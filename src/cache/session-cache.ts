import type { LoadSession } from '../database/token-store.ts';
import type { SessionRecord } from '../session.ts';
import { foldUserKey } from '../values/fold-user-key.ts';

/**
 * The entries that a change makes stale: those of one token, of a user's tokens, of a client's tokens, or all. A string,
 * so that it can be part of a key and of a message.
 */
export type Scope = `token:${string}` | `user:${string}` | `client:${string}` | 'all';

export const tokenScope = (selector: string): Scope => `token:${selector}`;
/** Users whose keys are folded to one text share a scope. */
export const userScope = (userId: unknown): Scope => `user:${foldUserKey(userId)}`;
export const clientScope = (clientId: number): Scope => `client:${clientId}`;

export function isScope(text: string): text is Scope {
  return text === 'all' || /^(?:token|user|client):/.test(text);
}

/** The selector of a token's scope; `null` for other scopes. */
export function selectorOf(scope: Scope): string | null {
  return scope.startsWith('token:') ? scope.slice('token:'.length) : null;
}

/** The id of a client's scope; `null` for other scopes. */
export function clientIdOf(scope: Scope): number | null {
  return scope.startsWith('client:') ? Number(scope.slice('client:'.length)) : null;
}

/** A session as a cache returns it. */
export interface CachedSession {
  readonly record: SessionRecord;
  /** Until when it may be kept, in milliseconds since 1970. */
  readonly usableUntil: number;
}

/**
 * The port to cached sessions. A cache does not judge a session: its callers check expiry and activity at every use. Each
 * implementation keeps two promises, which test/contracts/session-cache.ts checks:
 * - once `invalidate` has returned, no `find` that starts later returns what was read before `invalidate` was called;
 * - a cache that fails adds a bounded delay and is never the reason for a refusal: the database is read instead.
 */
export interface SessionCache {
  /** Returns the session that `find` would resolve to without asking anything outside of this process; `null`: ask `find`. */
  findInMemory(selector: string): SessionRecord | null;
  find(selector: string, load: LoadSession): Promise<CachedSession | null>;
  /**
   * Called once the change is committed, by invalidation.ts alone.
   * @param isWritten whether the change is one of durin's tables or of the user's, so that a trigger may have announced it
   *   to the other processes. Default: false
   * @returns the new value of the scope's fence in a shared store; `null` if there is none
   */
  invalidate(scope: Scope, isWritten?: boolean): Promise<string | null>;
  /**
   * Called with a change that another durin or process has announced. From then on, this cache returns nothing from
   * before it.
   * @param fence the value that the change wrote to its scope's fence; `null`: none that is known
   */
  receive(scope: Scope, fence: string | null): void;
  /** Starts its bus, as the first `find` does. Never throws. Absent: it has none. */
  connect?(): void;
  /** Asks its store for an answer, and rejects without one. That is an outage, as it is for `find`. Absent: it has no store. */
  checkStore?(): Promise<void>;
  close(): Promise<void>;
}
