import type { SessionRecord, TokenRow } from '../../session.ts';
import type { EndedToken, TokenIdentity } from '../token-store.ts';

/** A key as its owner may see it, and its selector. */
export interface KeyRow extends TokenRow {
  /** What it was issued with; `null`: all scopes of its client. */
  readonly scopes: readonly string[] | null;
  /** The key that it replaces from its first use on; `null`: none, or it was used already. */
  readonly replaces: string | null;
}

/** One of a user's keys. */
export interface KeyRef {
  readonly userId: unknown;
  readonly clientName: string;
  readonly id: string;
}

export interface RetiredKey extends TokenIdentity {
  /** When it ends; `null`: it has ended. */
  readonly expiresAt: Date | null;
}

/** A key that expires soon, before its `tokenExpiring`. */
export interface ExpiringKey extends TokenIdentity {
  readonly name: string | null;
  readonly expiresAt: Date;
  /** The step that it has reached, in days. */
  readonly daysLeft: number;
}

/** The port to the rows of keys, beyond what all tokens have. Each write is atomic. Fails with STORE_UNAVAILABLE only. */
export interface KeyStore {
  /** Returns a user's keys, expired ones included, newest first. */
  listKeys(userId: unknown, clientName: string): Promise<KeyRow[]>;
  /** Names an unexpired key, unless another one has that name. */
  renameKey(key: KeyRef, name: string, now: number): Promise<'renamed' | 'key-not-found' | 'name-taken'>;
  /** Deletes a key, also an expired one. `null`: there is no such key. */
  deleteKey(key: KeyRef, now: number): Promise<EndedToken | null>;
  /**
   * The first use of a key: of those that it replaces, the last one that was in use works on for the overlap that its roll
   * set, and the others end. Does so once, however many uses come first at once; the others return `[]`.
   */
  activateKey(key: Pick<SessionRecord, 'id' | 'selector' | 'userId'>, now: number): Promise<RetiredKey[]>;
  /**
   * Claims the notices that are due, so that each is given once across processes: of the step that a key has reached, unless
   * it was created after that, or another key has replaced it. Skips rows locked by other transactions.
   * @param ids only these keys; `null`: all of these clients
   */
  claimExpiring(
    clientNames: readonly string[],
    ids: readonly string[] | null,
    limit: number,
    now: number,
  ): Promise<ExpiringKey[]>;
}
