import type { RevocationReason } from '../events.ts';
import type { Deleted, EndedToken } from './token-store.ts';

/** The tokens that ended because of a flush, and why. */
export interface Ending {
  readonly tokens: readonly EndedToken[];
  readonly reason: RevocationReason;
}

/** What is known of a user that changed. */
export interface UserChange {
  /** The user as it is now; `null` if it was deleted. Default: it is read from the database. */
  readonly user?: object | null | undefined;
  /** Reads the user's row, as far as the session's look-up shows it. Default: reads it from the database. */
  readonly findUserRow?: (userId: unknown) => Promise<object | null>;
  /** Whether one of `credentialFields` changed. Default: false. */
  readonly hasNewCredentials?: boolean;
}

/**
 * The port through which `watchChanges` reports what the app's flushes changed. Its methods are called inside the app's
 * transaction if there is one. Several durins may watch one ORM, for example after hot reloads. The first one on the same
 * tables ends the tokens; `tokensEnded` reports them to the others, and each durin emits its own events.
 */
export interface ChangeListener {
  /**
   * Ends the sessions of the user if it is not active or if its credentials changed, emits the events, and returns what it
   * ended; `null`: neither is true.
   */
  userChanged(userId: unknown, change?: UserChange): Promise<Ending | null>;
  /** Called instead if another durin on the same tables has ended the user's sessions already. */
  userEnded(userId: unknown, reason: RevocationReason): Promise<void>;
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
