import type { RevocationReason } from '../events.ts';
import type { Deleted, EndedToken } from './token-store.ts';

/** The tokens that ended because of a flush, and why. */
export interface Ending {
  readonly tokens: readonly EndedToken[];
  readonly reason: RevocationReason;
}

/**
 * The port through which `watchChanges` reports what the app's flushes changed. Its methods are called inside the app's
 * transaction if there is one. Several durins may watch one ORM. The first one that handles a change ends the tokens; the
 * others find none left, so `tokensEnded` reports the tokens to them, and each durin emits its own events.
 */
export interface ChangeListener {
  /**
   * Ends the sessions of the user if it is not active, emits the events, and returns what it ended.
   * @param user the user as it is now; `null` if it was deleted. Default: it is read from the database
   */
  userChanged(userId: unknown, user?: object | null): Promise<Ending>;
  clientChanged(clientId: number): Promise<void>;
  /** @param selector `null` if the changed token is unknown */
  tokenChanged(selector: string | null): Promise<void>;
  /** Called if an entity that `populate` joins to sessions changed. */
  relatedChanged(): Promise<void>;
  /** Called before rows are deleted. Ends their tokens, emits the events after the commit, and returns what it ended. */
  beforeDeletion(deleted: Deleted, keys: readonly unknown[]): Promise<Ending>;
  /** Called with the tokens that another durin ended. */
  tokensEnded(ending: Ending): void;
}
