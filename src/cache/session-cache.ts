import type { LoadSession } from '../database/token-store.ts';
import type { SessionRecord } from '../session.ts';

/**
 * Which entries a change makes untrue: those of one token, of a user's tokens, of a client's tokens, or all. A string,
 * so that it can be part of a key and of a message.
 */
export type Scope = `token:${string}` | `user:${string}` | `client:${string}` | 'all';

export const tokenScope = (selector: string): Scope => `token:${selector}`;
/** Without case, since a UUID may be written either way; two users whose keys differ in case only are forgotten together. */
export const userScope = (userId: unknown): Scope => `user:${String(userId).toLowerCase()}`;
export const clientScope = (clientId: number): Scope => `client:${clientId}`;

/** Whether a change of this scope makes this session's entry untrue. */
export function concerns(scope: Scope, { selector, userId, client }: SessionRecord): boolean {
  return (
    scope === 'all' || scope === tokenScope(selector) || scope === userScope(userId) || scope === clientScope(client.id)
  );
}

/** A session as a cache gives it. */
export interface CachedSession {
  readonly record: SessionRecord;
  /** Until when it may be kept, in milliseconds since 1970. */
  readonly usableUntil: number;
}

/**
 * The port to what is remembered of sessions. It judges nothing: expiry and activity are judged at every use of what it
 * gives. Every kind keeps two promises, which test/contracts/session-cache.ts runs against each:
 * - once `forget` has returned, no `find` that begins later is answered by what was read before `forget` began;
 * - a cache that fails costs a bounded delay, never an answer: then the database is asked.
 */
export interface SessionCache {
  find(selector: string, load: LoadSession): Promise<CachedSession | null>;
  /** To be called once the change is committed. */
  forget(scope: Scope): Promise<void>;
  close(): Promise<void>;
}
